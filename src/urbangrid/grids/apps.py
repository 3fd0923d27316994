from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "urbangrid.grids"
    label = "grids"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The sentences of this package's refusals are known before the first page is served."""
        from urbangrid.grids import messages

        messages.declare_all()
