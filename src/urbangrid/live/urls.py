"""Addresses of the web process that serve the live one."""

from __future__ import annotations

from django.urls import path

from urbangrid.live import views

app_name = "live"
urlpatterns = [
    path("live/token", views.token, name="token"),
    path("uploads/start", views.start_upload, name="start-upload"),
    path("uploads/finish", views.finish_upload, name="finish-upload"),
]
