"""Addresses of the handbooks, under ``guide/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.guides import manual_views, own_views, views

app_name = "guides"
urlpatterns = [
    path("", views.own, name="own"),
    path("manuals/<slug:manual>/", manual_views.show, name="manual"),
    path("manuals/<slug:manual>/pdf/", manual_views.as_pdf, name="manual_pdf"),
    path("manuals/<slug:manual>/xlsx/", manual_views.as_table, name="manual_table"),
    path("<slug:guide>/edit/", own_views.edit, name="edit"),
    path("<slug:guide>/versions/", own_views.versions, name="versions"),
    path("<slug:guide>/versions/bring-back/", own_views.bring_back, name="bring_back"),
    path("<slug:guide>/", views.show, name="guide"),
]
