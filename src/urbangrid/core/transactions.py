"""Transactions of actions: all or nothing, without a savepoint where the key of the request began the transaction already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

Given = ParamSpec("Given")
Result = TypeVar("Result")

Opened = Callable[[], AbstractContextManager[None]]

_begun: ContextVar[bool] = ContextVar("urbangrid_transaction_begun", default=False)
_instead: ContextVar[Opened | None] = ContextVar("urbangrid_transaction_instead", default=None)


@contextmanager
def carried_by(opened: Opened) -> Iterator[None]:
    """Within the block actions write elsewhere than to the database: ``opened`` undoes there what an action that fails began."""
    token = _instead.set(opened)
    try:
        yield
    finally:
        _instead.reset(token)


@contextmanager
def begun() -> Iterator[None]:
    """A transaction that is undone as a whole when anything in the block fails: what joins it needs no savepoint of its own."""
    with transaction.atomic():
        token = _begun.set(True)
        try:
            yield
        finally:
            _begun.reset(token)


@contextmanager
def one_instant() -> Iterator[None]:
    """What is read in the block is the database of one instant, however many statements read it and whoever writes meanwhile.

    Nothing can be written in it. Inside a transaction of the caller it is read as that transaction reads.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def whole(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """For actions: done wholly or not at all. Inside ``begun`` a savepoint would only cost two round trips. What is written is in the
    platform's language, whatever language the person reads: others will read it."""

    @wraps(act)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        instead = _instead.get()
        opened = instead() if instead is not None else transaction.atomic(savepoint=not _begun.get())
        with opened, translation.override(settings.LANGUAGE_CODE):
            return act(*args, **kwargs)

    return run


def after(told: Callable[[], None]) -> None:
    """Call it once the present transaction has committed; its failure harms nothing. Nobody is told of what is written elsewhere."""
    if _instead.get() is None:
        transaction.on_commit(told, robust=True)
