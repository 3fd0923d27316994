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
OUTSIDE = "companies"
"""The face of those who come from outside the inner network: public-service companies."""
IDLE_OUTSIDE_MINUTES = 30
LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 10, 12 * 60
DEVICE_PROOF_HOURS, MOST_DEVICE_PROOF_HOURS = 1, 12
"""How long a copied cookie could serve where terminals are demanded."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``posts``: codes that need the second step; None: those of the administrators. Minutes without a page end a sign-in, of companies
    on a terminal that is not admitted ``idle_outside_minutes``.

    ``device_posts``: codes acted under on admitted terminals only, their key proven again after ``device_proof_hours``;
    ``first_device_at_once``: a person's first terminal needs nobody's admission.
    """

    posts: frozenset[str] | None = None
    idle_administrators_minutes: int = IDLE_ADMINISTRATORS_MINUTES
    idle_others_minutes: int = IDLE_OTHERS_MINUTES
    device_posts: frozenset[str] = frozenset()
    device_proof_hours: int = DEVICE_PROOF_HOURS
    first_device_at_once: bool = False
    idle_outside_minutes: int = IDLE_OUTSIDE_MINUTES


def rules(kept: Mapping[str, Any] | None) -> Rules:
    """From ``Platform.settings["security"]``; what is not set has its default."""
    kept = kept or {}
    posts = kept.get("second_step_posts")
    return Rules(
        None if posts is None else frozenset(posts),
        int(kept.get("idle_administrators_minutes", IDLE_ADMINISTRATORS_MINUTES)),
        int(kept.get("idle_others_minutes", IDLE_OTHERS_MINUTES)),
        frozenset(kept.get("device_posts", ())),
        int(kept.get("device_proof_hours", DEVICE_PROOF_HOURS)),
        bool(kept.get("first_device_at_once", False)),
        int(kept.get("idle_outside_minutes", IDLE_OUTSIDE_MINUTES)),
    )


def wants_second_step(rules: Rules, post_code: str, duties: Collection[str], face: str = "") -> bool:
    """Whether that post is acted under only with a code beside the password. Of those who come from outside always (CY-23b): no platform
    can set it otherwise."""
    if face == OUTSIDE:
        return True
    if rules.posts is None:
        return bool(ADMINISTRATORS & set(duties))
    return post_code in rules.posts


def wants_device(rules: Rules, post_code: str) -> bool:
    """Whether that post is acted under on admitted terminals only."""
    return post_code in rules.device_posts


def idle_limit(rules: Rules, duties: Collection[str], *, face: str = "", on_device: bool = True) -> timedelta:
    """How long a sign-in lasts without a page; a shift never asks twice (desks.md I5) unless the platform sets it so. From outside that
    holds on an admitted terminal alone (desks.md G1)."""
    if face == OUTSIDE and not on_device:
        return timedelta(minutes=rules.idle_outside_minutes)
    minutes = rules.idle_administrators_minutes if ADMINISTRATORS & set(duties) else rules.idle_others_minutes
    return timedelta(minutes=minutes)
