"""How long each kind of data is kept, and the recorded act that ends it (architecture §7).

A package declares its kinds (``declare``); the security administrator sets their days, never below the floor; the worker purges every
night, at most ``BATCH`` rows in one transaction together with the audit row that says how many of what and from before when. What a
record names only by its hash may go without making the record invalid; then that row names what went, so that ``audit verify`` can tell a
purge from a destruction (``recorded``). A kind on hold is not purged until the hold is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.audit.models import RetentionTerm
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.errors import declare as sentences

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

BATCH = 500
MOST_DAYS = 36_500
OVERDUE = timedelta(hours=50)
"""Two nights and a little: the purge did not run."""

sentences(
    {
        "retention_unknown": _("没有这一类数据的保存期限。"),
        "retention_days": _("%(label)s至少保存 %(least)s 天，最多 %(most)s 天。"),
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the table. ``basis``: why so long; ``since``: from when days are counted.

    ``count(before)`` says how many would go; ``purge(before, most)`` lets at most ``most`` go inside the caller's transaction and says how
    many went, or the ids of what keeps a row that says so; ``after`` does what must wait for the commit (files), and may come again
    after a crash.
    """

    name: str
    label: str | Promise
    since: str | Promise
    basis: str | Promise
    days: int
    least_days: int
    count: Callable[[datetime], int]
    purge: Callable[[datetime, int], int | list[int]]
    after: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A kind with what is set here and when it was last purged."""

    kind: Kind
    days: int
    on_hold: bool
    purged_at: datetime | None
    purged: int

    @property
    def before(self) -> datetime:
        """What is older goes."""
        return clock.now() - timedelta(days=self.days)


_kinds: dict[str, Kind] = {}


def declare(*kinds: Kind) -> None:
    """Add a package's kinds (AppConfig.ready). Raises ValueError when a name comes twice."""
    for kind in kinds:
        if kind.name in _kinds:
            raise ValueError(f"retention kind {kind.name} is declared twice")
        _kinds[kind.name] = kind


def terms() -> list[Term]:
    """Every kind, in the order of declaration; one statement."""
    kept = {row.kind: row for row in RetentionTerm.objects.all()}
    return [_term(kind, kept.get(kind.name)) for kind in _kinds.values()]


def term(name: str) -> Term:
    """Raises NotFound ``retention_unknown``."""
    if name not in _kinds:
        raise NotFound("retention_unknown")
    return _term(_kinds[name], RetentionTerm.objects.filter(kind=name).first())


def _term(kind: Kind, row: RetentionTerm | None) -> Term:
    if row is None:
        return Term(kind, kind.days, False, None, 0)
    days = max(row.days, kind.least_days) if row.days is not None else kind.days
    return Term(kind, days, row.on_hold, row.purged_at, row.purged)


@transaction.atomic
def change(acting: Acting, name: str, days: int, on_hold: bool) -> Term:
    """Set the days of a kind, or put it on hold. Raises NotFound ``retention_unknown``, Refusal ``retention_days``."""
    old = term(name)
    if not old.kind.least_days <= days <= MOST_DAYS:
        raise Refusal("retention_days", status=422, field="days", label=old.kind.label, least=old.kind.least_days, most=MOST_DAYS)
    if (days, on_hold) != (old.days, old.on_hold):
        RetentionTerm.objects.update_or_create(kind=name, defaults={"days": days, "on_hold": on_hold})
        before, after = {"days": old.days, "on_hold": old.on_hold}, {"days": days, "on_hold": on_hold}
        note(acting, "retention_changed", subject=f"retention:{name}", values={"kind": name, "before": before, "after": after})
    return term(name)


def purge(name: str) -> int:
    """Let go what is older than the term; says how many went. Each batch and its audit row stand or fall together."""
    due = term(name)
    if due.on_hold:
        return 0
    before, total = due.before, 0
    while True:
        with transaction.atomic():
            gone = due.kind.purge(before, BATCH)
            went = gone if isinstance(gone, int) else len(gone)
            if went:
                values: dict[str, Any] = {"kind": name, "count": went, "before": before.isoformat()}
                if not isinstance(gone, int):
                    values["ids"] = [str(one) for one in gone]
                note(None, "purged", subject=f"retention:{name}", values=values)
        if due.kind.after is not None:
            due.kind.after()
        total += went
        if went < BATCH:
            break
    RetentionTerm.objects.update_or_create(kind=name, defaults={"purged_at": clock.now(), "purged": total})
    return total


def recorded(ids: Iterable[int]) -> set[int]:
    """Those of these rows whose purge stands on the trail, in a row ``purged`` that names them. Three statements, none for no ids."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    with transaction.atomic(), connection.cursor() as cursor:
        # the planner does not know that reading through the ids of every purge costs 300 times its index (6 s, 20 ms among a million ids)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_RECORDED, [wanted])
        found = {row[0] for row in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


_RECORDED = """
SELECT one FROM unnest(%s::bigint[]) one
WHERE EXISTS (SELECT 1 FROM audit_auditrow WHERE action = 'purged' AND "values" -> 'ids' ? one::text)
"""
_UNRECORDED = """
WITH named AS MATERIALIZED (
    SELECT jsonb_array_elements_text(CASE jsonb_typeof("values" -> 'ids') WHEN 'array' THEN "values" -> 'ids' ELSE '[]' END) AS id
    FROM audit_auditrow WHERE subject LIKE 'retention:%%' AND action = 'purged'
    UNION ALL SELECT substr(subject, 9) FROM audit_auditrow WHERE subject LIKE 'contact:%%' AND action = 'erase'
)
SELECT gone.id FROM ({rows}) gone WHERE NOT EXISTS (SELECT 1 FROM named WHERE named.id = gone.id::text) ORDER BY gone.id
"""
"""Compared as text: whatever somebody wrote into the trail must not stop the look."""


def unrecorded(rows: str) -> list[int]:
    """Ids that the given SELECT (one column ``id``) says are erased and that no purge or erasure on the trail names."""
    with connection.cursor() as cursor:
        cursor.execute(_UNRECORDED.format(rows=rows), [])
        return [row[0] for row in cursor.fetchall()]


def purge_all() -> dict[str, int]:
    """Every kind; says how many went of those that had any. A kind that fails stops no other; the first failure is raised at the end."""
    gone: dict[str, int] = {}
    failures: list[Exception] = []
    for name in _kinds:
        try:
            gone[name] = purge(name)
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return {name: count for name, count in gone.items() if count}


def overdue() -> list[Term]:
    """Kinds whose last purge is more than two nights ago; one that was never purged counts once any other was."""
    found = terms()
    last = max((one.purged_at for one in found if one.purged_at), default=None)
    if last is None:
        return []
    border = clock.now() - OVERDUE
    return [one for one in found if not one.on_hold and (one.purged_at or last - OVERDUE) < border]
