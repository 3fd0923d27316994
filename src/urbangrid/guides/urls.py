"""Addresses of the handbooks, under ``guide/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.guides import views

app_name = "guides"
urlpatterns = [
    path("", views.own, name="own"),
    path("<slug:guide>/", views.show, name="guide"),
]
