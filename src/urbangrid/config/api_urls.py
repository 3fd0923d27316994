"""Address of the JSON interface."""

from __future__ import annotations

from django.urls import path

from urbangrid.config.api import api

urlpatterns = [path("api/v1/", api.urls)]
