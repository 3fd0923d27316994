from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "urbangrid.companies"
    label = "companies"
