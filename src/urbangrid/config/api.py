"""The JSON interface at /api/v1/: who may call it, how it refuses, and the routers of all packages in one description (OpenAPI)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from urbangrid.cases import api as cases_api
from urbangrid.cases import api_queues, api_reports, api_self
from urbangrid.cases.actions.inputs import LABELS
from urbangrid.config import api_catalog, api_files, api_people
from urbangrid.config.api_description import Described, Readable
from urbangrid.core import outages, tracing
from urbangrid.core.errors import NotAllowed, Refusal, declare
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import api as requests_api
from urbangrid.ui.middleware import say_when

declare(
    {
        "api_sign_in_needed": gettext_lazy("请先登录：用 POST /api/v1/tokens 取得令牌，放在 Authorization 头里；令牌过期也须重新取得。"),
        "api_csrf": gettext_lazy("页面已过期，请刷新后再提交。已填内容不受影响。"),
        "api_unknown": gettext_lazy("没有这个地址。接口说明见 /api/v1/openapi.json。"),
        "api_failed": gettext_lazy("平台出了差错，没有办成，已记入日志。请稍后再试；再不行请联系系统管理员，报错误编号 %(error_id)s。"),
        "api_body_wrong": gettext_lazy("请求内容读不出来：须是 JSON，且不超过 %(limit_kb)s KB。"),
    }
)

_log = logging.getLogger(__name__)

DESCRIPTION = N_("""
网格化管理平台的数据接口。页面能办的，这里都能办，走同样的程序、同样的权限、同样的记录。

* **身份**：`POST /tokens` 取得令牌，以后放在 `Authorization: Bearer …`。一个令牌只代表一个岗位。
  已登录的浏览器也可直接用会话 Cookie，改动须带 `X-CSRFToken`。
* **编号**：64 位编号一律写成字符串，读入时数字或字符串都可以。
* **不重复办理**：改动可带 `Idempotency-Key`。同号同内容答案相同、只办一次；同号不同内容答 409。
* **先后**：办理案件须带 `seq`。案件已变动则答 409，说明何人何时办了什么、现在的 `seq`；什么都没有改。
* **拒绝**：一律是 `{code, sentence, field, values}`，`sentence` 可直接给人看。
* **坐标**：度，EPSG:4490（CGCS2000）。时刻：带时区的 ISO 8601，答复一律为 UTC。
""")


class TokenAuth(HttpBearer):
    """A token of one appointment; ``organizations.acting`` has looked it up already."""

    def __call__(self, request: HttpRequest) -> Acting | None:
        found: Acting | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        found: Acting | None = getattr(request, "acting", None)
        return found


def _never_called(request: HttpRequest) -> HttpResponse:
    """Stands for the view: the check asks only whether it is exempt."""
    raise AssertionError


class _Csrf(CsrfViewMiddleware):
    """Django's check without its page: this interface words the refusal itself."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden()

    def fails(self, request: HttpRequest) -> bool:
        request.csrf_processing_done = False  # type: ignore[attr-defined]
        self.process_request(request)
        return self.process_view(request, _never_called, (), {}) is not None


_csrf = _Csrf(lambda request: HttpResponse())


class SessionAuth(APIKeyCookie):
    """The session of a browser; changes need the CSRF token of its page."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Acting | None:
        if "Authorization" in request.headers or self.param_name not in request.COOKIES:
            return None  # a token that is no longer valid does not fall back to the session beside it
        if _csrf.fails(request):
            raise NotAllowed("api_csrf")
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Acting | None:
        found: Acting | None = getattr(request, "acting", None)
        return found


api = Described(
    title=N_("UrbanGrid 城市网格化管理平台"),
    version="1",
    description=DESCRIPTION,
    auth=[TokenAuth(), SessionAuth()],
    parser=Readable(),
    openapi_url="",  # config.api_urls serves it, in two languages
    docs_url=None,  # the usual pages fetch their scripts from outside; a closed network reads openapi.json
    urls_namespace="api",
)
api.add_router("", api_people.router)
api.add_router("", api_catalog.router)
api.add_router("", api_files.router)
api.add_router("", api_reports.router)
api.add_router("", requests_api.router)
api.add_router("", api_queues.router)
api.add_router("", api_self.router)
api.add_router("", cases_api.router)


def plain(value: Any) -> Any:
    """A value of a refusal as JSON: lazy words become words, large ids strings."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)


def refuse(request: HttpRequest, status: int, refusal: Refusal) -> HttpResponse:
    """The one form in which the interface refuses."""
    body = {
        "code": refusal.code,
        "sentence": refusal.sentence(),
        "field": refusal.field,
        "values": {name: plain(value) for name, value in refusal.values.items()},
    }
    return say_when(api.create_response(request, body, status=status), refusal)


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponseBase:
    """Rules of the platform that say no."""
    return refuse(request, refusal.status, refusal)


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponseBase:
    """No token, a token that ended, no session."""
    return refuse(request, 401, Refusal("api_sign_in_needed"))


@api.exception_handler(ValidationError)
def on_wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponseBase:
    """The first input that does not fit, named in words."""
    fault = error.errors[0]
    places = [part for part in fault["loc"][1:] if isinstance(part, str)]
    name = places[-1] if places else ""
    label: str | Promise = LABELS.get(name, name)
    if fault["type"] == "missing":
        return refuse(request, 422, Refusal("input_missing", field=name, label=label))
    said = fault.get("ctx", {}).get("error") or fault["msg"]
    return refuse(request, 422, Refusal("input_wrong", field=name, label=label, value=str(said)[:200]))


@api.exception_handler(Http404)
def on_unknown(request: HttpRequest, error: Http404) -> HttpResponseBase:
    """No such address."""
    return refuse(request, 404, Refusal("api_unknown"))


@api.exception_handler(HttpError)
@api.exception_handler(RequestDataTooBig)
def on_unreadable(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """A body that is no JSON, or too much of it."""
    if isinstance(error.__cause__, Refusal):
        return refuse(request, error.__cause__.status, error.__cause__)
    limit_kb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
    return refuse(request, getattr(error, "status_code", 413), Refusal("api_body_wrong", limit_kb=limit_kb))


@api.exception_handler(Exception)
def on_failure(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """A fault of ours, or of the machine below: the caller gets words, the log the trace."""
    if (outage := outages.of(error)) is not None:
        _log.warning("%s %r: %s (%s)", request.method, request.path, outage.code, error)
        response = refuse(request, outage.status, outage)
        response["Retry-After"] = str(outage.retry_after_seconds)
        return response
    _log.error("%s %r failed", request.method, request.path, exc_info=error)
    work = tracing.current()
    return refuse(request, 500, Refusal("api_failed", error_id=work.id if work else ""))


def not_here(request: HttpRequest) -> HttpResponseBase:
    """Every other address below the interface."""
    return refuse(request, 404, Refusal("api_unknown"))
