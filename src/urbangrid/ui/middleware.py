"""What every answer carries and how refusals become pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import Refusal, declare
from urbangrid.ui import band

declare(
    {
        "text_unreadable": _("内容里有无法保存的字符，没有提交。请返回上一页，删去乱码再交。"),
        "form_only": _("这个地址只接收提交的内容，不能直接打开。请您回到待办，从原来的页面再办。"),
    }
)

GetResponse = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicy:
    """Only our own files, no inline script or style, no frames; the live process is the one other origin that is connected to.

    It stands first but for one, so that answers of errors and refusals carry it too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html")
        response.setdefault("Content-Security-Policy", _of_page(request) if page else OF_DATA)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Frame-Options", "DENY")
        if settings.HTTPS:
            response.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")
        return response


class BandedFiles:
    """In a training copy alone: the name of every file that leaves by download says where it comes from."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if said := response.headers.get("Content-Disposition", ""):
            response.headers["Content-Disposition"] = _banded(said)
        return response


def _banded(disposition: str) -> str:
    """RFC 6266: an ASCII name in quotes, any other percent-encoded after ``filename*``."""
    kind, found, name = disposition.partition("filename=\"")
    if found:
        return content_disposition_header(kind.startswith("attachment"), band.named(name.removesuffix("\""))) or disposition
    kind, found, name = disposition.partition("filename*=utf-8''")
    return f"{kind}{found}{quote(band.named(''))}{name}" if found else disposition


OF_DATA = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For photos, tables, JSON: whatever a browser takes them for, nothing in them loads, runs or is framed."""
PERMISSIONS = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), serial=()"
HSTS_SECONDS = 30 * 24 * 3600
"""A month: who goes back from TLS is not locked out for a year. Set here, for behind a front server Django sees plain HTTP."""


def _of_page(request: HttpRequest) -> str:
    return (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; frame-ancestors 'none';"
        f" base-uri 'none'; form-action 'self'; connect-src 'self' {live_origin(request)}"
    )


def live_origin(request: HttpRequest) -> str:
    """Where this browser reaches the live process: the set address, or the next port of the host it asked."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return f"{request.scheme}://{host}:{settings.PORT + 1}"


class RefusalPages:
    """A Refusal that reaches the outside becomes its sentence: a page, a JSON body for scripts, the sign-in for a stranger."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405 or request.method != "GET" or wants_json(request):
            return answer
        page = render(request, "ui/error.html", {"fault": Refusal("form_only", status=405)}, status=405)  # a refused form, loaded again
        page["Allow"] = answer["Allow"]
        return page

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]) -> HttpResponse | None:
        """PostgreSQL keeps no NUL character: what carries one is refused before any view or search meets it.

        Runs after the CSRF check, which has read the form; the interface's bodies are read and judged by the interface.
        """
        texts = [text for values in request.GET.lists() for text in (values[0], *values[1])]
        if request.method == "POST" and not request.path.startswith("/api/"):
            _end_lines_singly(request)
            texts += [text for values in request.POST.lists() for text in (values[0], *values[1])]
        if any("\0" in text for text in (*texts, *(value for value in kwargs.values() if isinstance(value, str)))):
            return self.process_exception(request, Refusal("text_unreadable", status=400))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if error.code == "sign_in_needed" and not wants_json(request):
            return redirect(f"{reverse('people:sign_in')}?{urlencode({'next': _way_back(request)})}")
        answer: HttpResponse
        if wants_json(request):
            answer = JsonResponse({"code": error.code, "sentence": error.sentence(), "field": error.field}, status=error.status)
        else:
            answer = render(request, "ui/error.html", {"fault": error}, status=error.status)
        return say_when(answer, error)


def _end_lines_singly(request: HttpRequest) -> None:
    """A browser sends the end of a line as two characters (HTML, form submission); here it is one, as the page counted it."""
    if not any("\r\n" in text for _name, values in request.POST.lists() for text in values):
        return
    posted = request.POST.copy()
    for name, values in request.POST.lists():
        posted.setlist(name, [text.replace("\r\n", "\n") for text in values])
    request.POST = posted  # type: ignore[assignment]


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for; after a form the page it stood on, for a form's own address opens nothing."""
    if request.method != "POST":
        return request.get_full_path()
    stood = urlsplit(request.headers.get("Referer", ""))
    return f"{stood.path}?{stood.query}".rstrip("?") if stood.netloc == request.get_host() else "/"


def say_when(answer: HttpResponse, refusal: Refusal) -> HttpResponse:
    """After too many tries: the seconds after which trying again helps (RFC 9110 §10.2.3)."""
    if refusal.status == 429 and "seconds" in refusal.values:
        answer["Retry-After"] = str(refusal.values["seconds"])
    return answer


def wants_json(request: HttpRequest) -> bool:
    """A script's or program's request: HTMX wants pages, fetch says what it accepts, the interface never answers with a page."""
    if request.path.startswith("/api/"):
        return True
    return "application/json" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
