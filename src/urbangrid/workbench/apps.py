from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "urbangrid.workbench"
    label = "workbench"
