"""JSON interface of queues: counts, rows, taking and giving back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Schema, Status
from pydantic import Field

from urbangrid.cases import queues
from urbangrid.cases.actions import claiming
from urbangrid.cases.api_action_schemas import ClaimIn
from urbangrid.cases.api_schemas import CountsOut, Id, QueueRowOut, acting_of, faults
from urbangrid.cases.rows import QueueRow
from urbangrid.cases.words import QUEUES
from urbangrid.core.errors import NotFound

router = Router(tags=[N_("待办")])


class QueuesOut(Schema):
    """The acting post's own queues, and those of the whole platform where it may watch them."""

    mine: list[CountsOut]
    watched: list[CountsOut]


@router.get("/queues", response={200: QueuesOut, **faults()}, summary=N_("待办数"))
def all_queues(request: HttpRequest) -> dict[str, Any]:
    """Exact counts by kind and light: two statements."""
    acting = acting_of(request)
    return {
        "mine": list(queues.counts(queues.mine(acting)).values()),
        "watched": list(queues.counts(queues.watched(acting)).values()) if acting.may("read_all") else [],
    }


@router.get("/queues/{kind}", response={200: list[QueueRowOut], **faults(404)}, summary=N_("一个待办队列"))
def one_queue(
    request: HttpRequest, kind: str, light: Annotated[str, Field(pattern="^(green|amber|red|grey)?$")] = "",
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0, most: Annotated[int, Field(ge=1, le=200)] = queues.PAGE,
) -> list[QueueRow]:  # fmt: skip
    """Rows of the acting post's queue: least time left first."""
    acting = acting_of(request)
    return queues.rows(acting, queues.mine(acting), [_known(kind)], light=light, skip=skip, most=most)


@router.post("/queues/{kind}/next", response={200: QueueRowOut, 204: None, **faults(404)}, summary=N_("取下一件"))
def next_of_queue(request: HttpRequest, kind: str) -> QueueRow | Status[None]:
    """Take the item with the least time left that nobody has; 204 when the queue is empty."""
    acting = acting_of(request)
    item = claiming.take_next(acting, _known(kind))
    if item is None:
        return Status(204, None)
    return _row(request, item.pk)


@router.post("/items/{item_id}/claim", response={200: QueueRowOut, **faults(404, 409)}, summary=N_("认领"))
def claim_item(request: HttpRequest, item_id: Id, body: ClaimIn) -> QueueRow:
    """Mark an item of the own queue as being worked on; 409 says who has it and since when, ``take_over`` takes it all the same."""
    item = claiming.claim(acting_of(request), item_id, take_over=body.take_over)
    return _row(request, item.pk)


class AssignIn(Schema):
    """The inspector who shall do it."""

    appointment: Id


@router.post("/items/{item_id}/assign", response={204: None, **faults(404)}, summary=N_("指派"))
def assign_item(request: HttpRequest, item_id: Id, body: AssignIn) -> Status[None]:
    """Give work that found nobody to an inspector; by the duty that holds the "nobody responsible" queue."""
    claiming.assign(acting_of(request), item_id, body.appointment)
    return Status(204, None)


@router.post("/items/{item_id}/release", response={204: None, **faults()}, summary=N_("放回"))
def release_item(request: HttpRequest, item_id: Id) -> Status[None]:
    """Give an item back to the pool; nothing happens when it is not one's own."""
    claiming.release(acting_of(request), item_id)
    return Status(204, None)


def _row(request: HttpRequest, item_id: int) -> QueueRow:
    acting = acting_of(request)
    return queues.rows(acting, queues.mine(acting), only=[item_id])[0]


def _known(kind: str) -> str:
    if kind not in QUEUES:
        raise NotFound("queue_unknown", kind=kind[:20])
    return kind
