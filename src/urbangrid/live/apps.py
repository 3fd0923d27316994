from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "urbangrid.live"
    label = "live"
