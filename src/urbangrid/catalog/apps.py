from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "urbangrid.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.catalog import messages  # noqa: F401 -- declares the sentences of this package's refusals
