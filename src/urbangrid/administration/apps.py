from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "urbangrid.administration"
    label = "administration"
