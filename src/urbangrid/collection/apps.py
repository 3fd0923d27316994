from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "urbangrid.collection"
    label = "collection"
