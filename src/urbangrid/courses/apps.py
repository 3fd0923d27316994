from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "urbangrid.courses"
    label = "courses"

    def ready(self) -> None:
        from urbangrid.courses import messages  # noqa: F401 -- declares the sentences of this package's refusals
