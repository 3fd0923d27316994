"""What the security administrator reads: who may do what, locked accounts, open sessions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from urbangrid.accounts import actions as accounts
from urbangrid.accounts import queries as sign_ins
from urbangrid.accounts.models import ApiToken, User
from urbangrid.accounts.queries import SignInRow
from urbangrid.administration import queries, words
from urbangrid.audit.actions import note
from urbangrid.core import clock, platforms
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.core.shipped import shipped
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES, Rules, rules, wants_second_step
from urbangrid.organizations.signin import rules_of


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
    rows = [(shipped(row.post.name), _("、").join(row.kinds), [code in row.post.duties for code in codes]) for row in posts]
    return Matrix([str(words.DUTIES.get(code, code)) for code in codes], rows)


def locked(platform_id: int) -> list[User]:
    """Accounts locked by wrong passwords at this moment."""
    rows = queries.of_platform(platform_id).filter(locked_until__gt=clock.now())
    return list(rows.order_by("locked_until", "pk"))


@dataclass(frozen=True, slots=True)
class Guard:
    """Somebody in a post that needs the second step, and whether it is set up; ``simulated`` people of the made city need none."""

    user_id: int
    person: str
    post: str
    set_up: bool
    simulated: bool


def open_sign_ins(platform_id: int) -> list[SignInRow]:
    """Sign-ins that a browser could still use, newest first."""
    return sign_ins.open_sign_ins(queries.of_platform(platform_id))


def good_tokens(platform_id: int) -> list[ApiToken]:
    """Tokens that are still good, newest first."""
    return sign_ins.tokens_of(queries.of_platform(platform_id))


def guards(platform_id: int) -> list[Guard]:
    """Who must give a code beside the password, and everybody else who has set it up; by name. Four statements."""
    set_here = rules_of(platform_id)
    held = Appointment.objects.filter(in_force(), platform_id=platform_id).select_related("user", "post").order_by("user__name", "pk")
    wanted = {row.user_id: row for row in held if wants_second_step(set_here, row.post.code, row.post.duties, row.post.face)}
    have = sign_ins.with_second_step({row.user_id for row in held})
    listed = wanted | {row.user_id: row for row in held if row.user_id in have and row.user_id not in wanted}
    found = [Guard(row.user_id, row.user.name, row.post.name, row.user_id in have, row.user.simulated) for row in listed.values()]
    return sorted(found, key=lambda one: (one.set_up, one.person))


@transaction.atomic
def change_rules(acting: Acting, posts: Collection[str], idle_administrators_minutes: int, idle_others_minutes: int) -> int:
    """Which posts need the second step, how long a screen may stand idle; says how many tokens ended. Raises Refusal ``idle_wrong``.

    Tokens of a post that begins to need the second step end: they were given for the password alone and would outlast the rule by months.
    """
    for field, minutes in (("idle_administrators_minutes", idle_administrators_minutes), ("idle_others_minutes", idle_others_minutes)):
        if not LEAST_IDLE_MINUTES <= minutes <= MOST_IDLE_MINUTES:
            label, least, most = words.VALUES[field], LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES
            raise Refusal("idle_wrong", status=422, field=field, label=label, least=least, most=most)
    changed = {
        "second_step_posts": sorted(posts), "idle_administrators_minutes": idle_administrators_minutes,
        "idle_others_minutes": idle_others_minutes,
    }  # fmt: skip
    before = rules(Platform.objects.select_for_update().get(pk=acting.platform_id).settings.get("security"))
    return _end_tokens(acting, before, keep_rules(acting, changed))


def keep_rules(acting: Acting, changed: Mapping[str, Any]) -> Rules:
    """Some rules of signing in as they were chosen, the others as they stand; on the trail with both. Within a transaction."""
    platform = Platform.objects.select_for_update().get(pk=acting.platform_id)
    before = platform.settings.get("security", {})
    after = {**before, **changed}
    if before != after:
        platform.settings = {**platform.settings, "security": after}
        platform.save(update_fields=["settings"])
        platforms.forget()
        note(acting, "security_changed", values={"before": before, "after": after})
    return rules(after)


def _end_tokens(acting: Acting, before: Rules, after: Rules) -> int:
    """People of the made city are asked for no code: theirs stay."""
    rows = Appointment.objects.filter(platform_id=acting.platform_id, user__simulated=False).select_related("post")
    of_post = {row.pk: (row.post.code, row.post.duties, row.post.face) for row in rows}
    newly = [pk for pk, post in of_post.items() if wants_second_step(after, *post) and not wants_second_step(before, *post)]
    return accounts.revoke_tokens_of(newly, acting)
