"""Requests on a case: what may be asked, by whom, how often, who decides in which order. Plain Python; nothing else decides.

A request is a record of its own beside the case, never a state (architecture §3.1): 申请 → 审批链 → 同意 or 不同意. This module fixes the
kinds and what is true of a kind everywhere; a process definition (``[[requests]]``) sets duty, chain, number of times and proof
(case-rules 14, 16: products differ, so these are data).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from urbangrid.cases.lifecycle import FILED_OPEN, State

_S = State
PROOFS = ("until", "photo", "paper", "unit")
"""What a request can be made to carry: a plan date, a photo (temporary protection), a stamped form as scan, a unit proposed instead."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is true of a kind in every city. ``work``: the asker must hold one of these items; empty: the duty alone decides.

    ``survives``: states in which a waiting request keeps its sense; in any other it lapses. ``effect``: the move that an agreed
    request takes, or nothing where it changes no state.
    """

    code: str
    states: frozenset[State]
    work: tuple[str, ...] = ()
    survives: frozenset[State] = frozenset()
    effect: str = ""

    @property
    def waits_in(self) -> frozenset[State]:
        return self.survives or self.states


_AFTER_DISPATCH = frozenset({_S.TO_RECEIVE, _S.DISPOSING, _S.DISTRICT_REVIEW, _S.TO_REVIEW, _S.TO_SEND_CHECK, _S.CHECKING, _S.TO_CLOSE})
_ENDED = frozenset({_S.CLOSED, _S.ARCHIVED})

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("extension", frozenset({_S.DISPOSING}), ("dispose",), _AFTER_DISPATCH),
        Kind("suspension", frozenset({_S.DISPOSING}), ("dispose",)),
        Kind("deferral", frozenset({_S.DISPOSING}), ("dispose",)),
        Kind("send_back", frozenset({_S.TO_RECEIVE, _S.DISPOSING}), ("receive", "dispose"), effect="send_back"),
        Kind("assist_back", frozenset(FILED_OPEN), ("assist",)),
        Kind("responsibility", frozenset({_S.TO_DISPATCH, _S.AT_DISTRICT}), ("dispatch", "district_dispatch")),
        Kind("difficult", frozenset(FILED_OPEN)),
        Kind("void", frozenset(FILED_OPEN), effect="void"),
        Kind("reopen", _ENDED, effect="reopen"),
        Kind("appeal", frozenset(FILED_OPEN | _ENDED)),
    )
}
"""延期, 挂账, 缓办, 回退, 权属会商, 疑难审核, 作废, 恢复办理, 申诉."""


CONTESTED: Mapping[str, tuple[str, ...]] = {
    "lateness": (),
    "rework": ("rework",),
    "dispatch": ("dispatch", "redispatch"),
    "responsibility": ("agree", "disagree"),
    "condition": ("file", "correct"),
}
"""What an appeal may contest (case-rules 22) and the acts whose author may not judge it. 漏报 and 无效上报 come with patrols."""


@dataclass(frozen=True, slots=True)
class Link:
    """One approver: the duty that decides, the longest ``days`` it may grant (None: any), its own limit in minutes. ``of_district``: a
    post of the district whose unit asks, else of the city."""

    duty: str
    days: int | None = None
    minutes: int = 120
    of_district: bool = False


@dataclass(frozen=True, slots=True)
class RequestRule:
    """What a city set for a kind. ``within_minutes``: after receiving, in the unit's working time; ``stands``: the asker's stage waits.

    ``district``: who decides before the city where a unit of a district asks (model D: district, then city); ``district_decides``: the
    district's word is the last; ``district_above``: who of the district decides then when its last approver sleeps; ``centre_duty``: who
    asks for the district itself where its command centre has the work (协办回退): the city's ``chain`` decides.
    """

    kind: Kind
    duty: str
    links: tuple[Link, ...]
    links_again: tuple[Link, ...] = ()
    most: int | None = None
    within_minutes: int | None = None
    most_days: int | None = None
    proof: tuple[str, ...] = ()
    stands: bool = False
    above: tuple[Link, ...] = ()
    """Beyond the chain: who decides when its last approver sleeps."""
    district: tuple[Link, ...] = ()
    district_again: tuple[Link, ...] = ()
    district_decides: bool = False
    district_above: tuple[Link, ...] = ()
    centre_duty: str = ""

    @property
    def askers(self) -> tuple[str, ...]:
        """Duties of those who may ask."""
        return (self.duty, self.centre_duty) if self.centre_duty else (self.duty,)

    def may_be_asked_by(self, duties: Collection[str]) -> bool:
        return any(duty in duties for duty in self.askers)

    @property
    def every_link(self) -> tuple[Link, ...]:
        """All approvers that the row names."""
        return (*self.links, *self.links_again, *self.above, *self.district, *self.district_again, *self.district_above)

    def chain(self, again: bool, *, in_district: bool = False) -> tuple[Link, ...]:
        """The approvers in order; ``again``: where another request of the kind was granted before (case-rules 14); ``in_district``: a unit
        of a district asks, whose own posts come first."""
        city = self.links_again if again and self.links_again else self.links
        if not in_district:
            return city
        own = self.district_again if again and self.district_again else self.district
        return own if own and self.district_decides else (*own, *city)


def is_last(links: Sequence[Link], position: int, days: int) -> bool:
    """Whether the approver at ``position`` of a chain may decide for good: the last one, one whose length suffices, one from above."""
    if position + 1 >= len(links):
        return True
    own = links[position].days
    return own is not None and days <= own


def next_link(rule: RequestRule, links: Sequence[Link], position: int) -> Link | None:
    """Who gets a request that its approver let sleep: the next of the chain, after the last one those above it; None where nobody is.

    ``position`` counts on past the chain: the first from above stands at its length (case-rules 16). Where the district's word is the last,
    those above are the district's that the row names; where it names none, and everywhere else, they are the city's.
    """
    in_district = bool(links) and links[-1].of_district
    above = rule.district_above if in_district and rule.district_above else rule.above
    own = {(link.duty, link.of_district) for link in links}
    everyone = (*links, *(link for link in above if (link.duty, link.of_district) not in own))
    return everyone[position + 1] if position + 1 < len(everyone) else None


def load_rule(row: Mapping[str, Any]) -> RequestRule:
    """Read one row of ``[[requests]]``. Raises ValueError naming what this release does not know."""
    code = str(row["kind"])
    if code not in KINDS:
        raise ValueError(f"requests: {code} is no kind of this release")
    unknown = [name for name in row.get("proof", ()) if name not in PROOFS]
    if unknown:
        raise ValueError(f"requests: {code}: {unknown[0]} is no proof of this release")
    if not row.get("chain"):
        raise ValueError(f"requests: {code} has nobody who decides")
    return RequestRule(
        kind=KINDS[code], duty=str(row["duty"]), links=tuple(map(_link, row["chain"])), links_again=tuple(map(_link, row.get("again", ()))),
        most=row.get("most"), within_minutes=row.get("within_minutes"), most_days=row.get("most_days"),
        proof=tuple(row.get("proof", ())), stands=bool(row.get("stands", False)), above=tuple(map(_link, row.get("above", ()))),
        district=_district(row, "district"), district_again=_district(row, "district_again"),
        district_decides=bool(row.get("district_decides", False)), district_above=_district(row, "district_above"),
        centre_duty=str(row.get("centre_duty", "")),
    )  # fmt: skip


def _link(row: Mapping[str, Any]) -> Link:
    return Link(str(row["duty"]), row.get("days"), int(row.get("minutes", 120)))


def _district(row: Mapping[str, Any], name: str) -> tuple[Link, ...]:
    return tuple(replace(_link(one), of_district=True) for one in row.get(name, ()))
