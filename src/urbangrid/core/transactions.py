"""Transactions of actions: all or nothing, without a savepoint where the key of the request began the transaction already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Given = ParamSpec("Given")
Result = TypeVar("Result")

_begun: ContextVar[bool] = ContextVar("urbangrid_transaction_begun", default=False)


@contextmanager
def begun() -> Iterator[None]:
    """A transaction that is undone as a whole when anything in the block fails: what joins it needs no savepoint of its own."""
    with transaction.atomic():
        token = _begun.set(True)
        try:
            yield
        finally:
            _begun.reset(token)


def whole(act: Callable[Given, Result]) -> Callable[Given, Result]:
    """For actions: done wholly or not at all. Inside ``begun`` a savepoint would only cost two round trips."""

    @wraps(act)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with transaction.atomic(savepoint=not _begun.get()):
            return act(*args, **kwargs)

    return run
