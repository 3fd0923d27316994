from django.apps import AppConfig


class GuidesConfig(AppConfig):
    name = "urbangrid.guides"
    label = "guides"

    def ready(self) -> None:
        from urbangrid.guides import messages  # noqa: F401 -- declares the sentences of this package's refusals
