"""The language of a page: Chinese, until a person chooses another at the sign-in page or in her menu.

The browser's own preference does not decide: a desk is shared in shifts, and half the machines of an office carry an English system.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]
CODES = frozenset(code for code, _name in settings.LANGUAGES)


class ChosenLanguage:
    """Answers in the language that the cookie of the browser names; the choice is kept by Django's ``set_language``."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(asked if asked in CODES else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response
