from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "urbangrid.ui"
    label = "ui"
