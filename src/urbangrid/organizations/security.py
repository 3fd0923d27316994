"""Rules of a platform for sign-ins, as functions of values: which posts need the second step, how long a screen may stand idle."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

ADMINISTRATORS = frozenset({"administer_system", "administer_security", "read_audit"})
"""Duties of the three administrator roles (HD-9.3.4)."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly a sign-in's last page and a token's last use are kept: a write for every page would cost more than it tells."""
IDLE_ADMINISTRATORS_MINUTES = 60
IDLE_OTHERS_MINUTES = 12 * 60
LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 10, 12 * 60


@dataclass(frozen=True, slots=True)
class Rules:
    """``posts``: codes that need the second step; None: those of the administrators. Minutes without a page end a sign-in."""

    posts: frozenset[str] | None = None
    idle_administrators_minutes: int = IDLE_ADMINISTRATORS_MINUTES
    idle_others_minutes: int = IDLE_OTHERS_MINUTES


def rules(kept: Mapping[str, Any] | None) -> Rules:
    """From ``Platform.settings["security"]``; what is not set has its default."""
    kept = kept or {}
    posts = kept.get("second_step_posts")
    return Rules(
        None if posts is None else frozenset(posts),
        int(kept.get("idle_administrators_minutes", IDLE_ADMINISTRATORS_MINUTES)),
        int(kept.get("idle_others_minutes", IDLE_OTHERS_MINUTES)),
    )


def wants_second_step(rules: Rules, post_code: str, duties: Collection[str]) -> bool:
    """Whether that post is acted under only with a code beside the password."""
    if rules.posts is None:
        return bool(ADMINISTRATORS & set(duties))
    return post_code in rules.posts


def idle_limit(rules: Rules, duties: Collection[str]) -> timedelta:
    """How long a sign-in lasts without a page; a shift never asks twice (desks.md I5) unless the platform sets it so."""
    minutes = rules.idle_administrators_minutes if ADMINISTRATORS & set(duties) else rules.idle_others_minutes
    return timedelta(minutes=minutes)
