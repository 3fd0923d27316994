"""Names of what browsers can be told about. A topic says nothing by itself: the right to it stands in a signed token."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol


class Holder(Protocol):
    """What is needed of an acting post (``organizations.acting.Acting``)."""

    @property
    def platform_id(self) -> int: ...
    @property
    def user_id(self) -> int: ...
    @property
    def appointment_id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def duties(self) -> Collection[str]: ...


def queue(unit_id: int, duty: str) -> str:
    """Work that a unit has open under a duty; in the presets the duty bears the name of the queue's kind."""
    return f"queue:{unit_id}:{duty}"


def tasks(appointment_id: int) -> str:
    """Work given to one person."""
    return f"tasks:{appointment_id}"


def board(platform_id: int) -> str:
    """All open work of a platform, for posts that read everything."""
    return f"board:{platform_id}"


def case(case_id: int) -> str:
    """One case moved on."""
    return f"case:{case_id}"


def topics_for(*posts: Holder) -> list[str]:
    """Everything that fills the work lists of these posts of one person: queues of their units, own tasks, the board."""
    found: dict[str, None] = {}
    for post in posts:
        found[tasks(post.appointment_id)] = None
        if "read_all" in post.duties:
            found[board(post.platform_id)] = None
        found.update((queue(post.unit_id, duty), None) for duty in sorted(post.duties))
    return list(found)
