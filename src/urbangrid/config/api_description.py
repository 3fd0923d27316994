"""The OpenAPI description with every refusal that the machinery gives before an operation runs, so that no answer is unannounced.

Operations name their own refusals (``faults``); what follows from their shape is the same everywhere and is added here:

* 400 a body, parameter or address that cannot be read, wherever something is sent;
* 403 a change by a browser's session without the token of its page;
* 409 an ``Idempotency-Key`` used before with another body;
* 413 a body beyond the limit; 422 an input of the wrong shape.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as N_
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from urbangrid.core.errors import Refusal

UNKEEPABLE = re.compile("[\\0\\ud800-\\udfff]")
FAULT = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/FaultOut"}}}}
WORDS = {400: N_("读不出来"), 403: N_("页面令牌不对"), 409: N_("同号不同内容"), 413: N_("太大"), 422: N_("填得不对")}
SAID = ("summary", "description", "title", "tags")
"""Members of the description that hold words for people."""


class Readable(Parser):
    """JSON whose texts the database can keep."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises Refusal ``text_unreadable`` (400) for a NUL character or half of a surrogate pair anywhere in it."""
        found: dict[str, Any] = super().parse_body(request)
        waiting: list[Any] = [found]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                waiting += [*one, *one.values()]
            elif isinstance(one, list):
                waiting += one
            elif isinstance(one, str) and UNKEEPABLE.search(one):
                raise Refusal("text_unreadable", status=400)
        return found


class Described(NinjaAPI):
    """The interface with its whole description."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Made once for each prefix and language and kept: making it is dear, and the operations do not change while a process lives.

        Whoever wants to change what it gives takes a copy.
        """
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        kept: dict[tuple[str, str | None], OpenAPISchema] = self.__dict__.setdefault("_told", {})
        asked = prefix, get_language()
        if asked not in kept:
            kept[asked] = self._describe(prefix)
            kept[asked].update(in_language(dict(kept[asked])))
        return kept[asked]

    def _describe(self, prefix: str) -> OpenAPISchema:
        told = super().get_openapi_schema(path_prefix=prefix)
        for methods in told["paths"].values():
            for method, operation in methods.items():
                for status in _from_shape(method, operation):
                    operation["responses"].setdefault(status, {"description": WORDS[status], **FAULT})
        return told


def in_language(told: Any, name: str = "") -> Any:
    """A copy with the words of operations, inputs and answers in the reader's language; what has no translation stays as it is."""
    if isinstance(told, dict):
        return {key: in_language(one, key) for key, one in told.items()}
    if isinstance(told, list):
        return [in_language(one, name) for one in told]
    return gettext(told) if name in SAID and isinstance(told, str) and told else told


def _from_shape(method: str, operation: dict[str, Any]) -> list[int]:
    """Statuses that follow from what an operation takes."""
    places = {one["in"] for one in operation.get("parameters", ())}
    body = "requestBody" in operation
    key = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
    changes = method != "get" and "security" in operation
    found = {400: body or places & {"path", "query"}, 403: changes, 409: key, 413: body, 422: body or bool(places)}
    return [status for status, given in found.items() if given]
