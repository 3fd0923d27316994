"""Addresses of the JSON interface."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from urbangrid.config.api import api, not_here

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/", csrf_exempt(not_here)),  # changes nothing; a page of words would be no answer for a program
]
