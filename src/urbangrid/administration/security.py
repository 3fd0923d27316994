"""What the security administrator reads: who may do what, locked accounts, open sessions."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.utils.timezone import now as real_now

from urbangrid.accounts.models import User
from urbangrid.administration import queries, words
from urbangrid.core import clock


@dataclass(frozen=True, slots=True)
class Matrix:
    """Posts × duties: ``rows`` hold a post's name, its kinds of unit and a yes or no per duty."""

    duties: list[str]
    rows: list[tuple[str, str, list[bool]]]


def matrix(platform_id: int) -> Matrix:
    """Rights as they are in force; only duties that some post holds. Two statements."""
    posts = queries.post_rows(platform_id)
    held = {duty for row in posts for duty in row.post.duties}
    codes = [duty for duty in words.DUTIES if duty in held] + sorted(held - set(words.DUTIES))
    rows = [(row.post.name, "、".join(row.kinds), [code in row.post.duties for code in codes]) for row in posts]
    return Matrix([str(words.DUTIES.get(code, code)) for code in codes], rows)


def locked(platform_id: int) -> list[User]:
    """Accounts locked by wrong passwords at this moment."""
    rows = queries.of_platform(platform_id).filter(locked_until__gt=clock.now())
    return list(rows.order_by("locked_until", "pk"))


@dataclass(frozen=True, slots=True)
class Sessions:
    """Open sessions and how many people they belong to."""

    sessions: int
    people: int


def open_sessions(platform_id: int) -> Sessions:
    """Sessions that a browser could still use: signed in, not run out, begun after the last change of the password."""
    begun = [row.get_decoded() for row in Session.objects.filter(expire_date__gt=real_now())]
    stamps = dict(queries.of_platform(platform_id).filter(is_active=True).values_list("pk", "session_stamp"))
    users = [data["user"] for data in begun if "user" in data and stamps.get(data["user"]) == data.get("stamp", "")]
    return Sessions(len(users), len(set(users)))
