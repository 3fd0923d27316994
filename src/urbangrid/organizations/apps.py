from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "urbangrid.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.core import health
        from urbangrid.organizations.checks import CHECKS

        health.declare(*CHECKS)
