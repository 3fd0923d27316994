"""Addresses of the JSON interface."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja.openapi.views import openapi_json

from urbangrid.config.api import api, not_here


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """openapi.json in the language of the desk that asks, else in the one that the program asks for."""
    language = get_language_from_request(request)
    with override(language):
        answer = openapi_json(request, api)
    answer.headers["Content-Language"] = language
    patch_vary_headers(answer, ("Cookie", "Accept-Language"))
    return answer


urlpatterns = [
    path("api/v1/openapi.json", description),
    path("api/v1/", api.urls),
    re_path(r"^api/", csrf_exempt(not_here)),  # changes nothing; a page of words would be no answer for a program
]
