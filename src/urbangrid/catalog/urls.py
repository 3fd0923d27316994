"""Addresses of the catalogue, under ``catalog/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.catalog import source_views, views

app_name = "catalog"
urlpatterns = [
    path("categories.json", views.categories, name="categories"),
    path("categories/<int:category_id>/", views.category, name="category"),
    path("handbook/", views.handbook_page, name="handbook"),
    path("handbook/import/", views.handbook_import, name="handbook_import"),
    path("sources/", source_views.sources_page, name="sources"),
    path("sources/<slug:code>/", source_views.change_source, name="change_source"),
    path("sources.xlsx", source_views.sources_file, name="sources_file"),
    path("sources-import/", source_views.sources_import, name="sources_import"),
    path("lines/", source_views.change_line, name="change_line"),
    path("lines.xlsx", source_views.lines_file, name="lines_file"),
    path("lines-import/", source_views.lines_import, name="lines_import"),
    path("handbook.xlsx", views.handbook_file, name="handbook_file"),
    path("responsibility/", views.responsibility_page, name="responsibility"),
    path("responsibility/import/", views.responsibility_import, name="responsibility_import"),
    path("responsibility/sample/", views.responsibility_sample, name="responsibility_sample"),
    path("responsibility.xlsx", views.responsibility_file, name="responsibility_file"),
]
