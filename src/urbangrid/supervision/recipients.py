"""Who a role of the table means for one case: units by duty, persons by what they did. Roles are looked up here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import noticing
from urbangrid.cases.noticing import Matter, Work
from urbangrid.core.platforms import platform_of
from urbangrid.messaging.actions import Recipient
from urbangrid.organizations import queries as organizations
from urbangrid.supervision import watching
from urbangrid.supervision.words import DIRECTOR


@dataclass(frozen=True, slots=True)
class Asked:
    """What a role is resolved for: the matter, the work in question, and of a record who acted and who was addressed."""

    matter: Matter
    at: datetime
    work: tuple[Work, ...] = ()
    seq: int = 0
    actor_unit_id: int | None = None
    actor_appointment_id: int | None = None
    target_unit_id: int | None = None
    ended: tuple[Work, ...] = ()
    from_district: int | None = None
    holder_appointment_id: int | None = None
    """Who has an authorisation that is about to end."""
    invited: tuple[int, ...] = ()
    """Appointments of a course."""


def resolve(roles: Iterable[str], asked: Asked) -> list[Recipient]:
    """The recipients of all roles, each once, in their order; an ended appointment is nobody."""
    found = [one for role in roles for one in ROLES[role](asked)]
    if asked.matter.confidential:
        named = noticing.named_of(asked.matter.case_id or 0)
        found = [one for one in found if one.appointment_id in named]
    return list({one.key: one for one in reversed(found)}.values())[::-1]


def _holder(asked: Asked) -> list[Recipient]:
    return [
        Recipient(work.unit_id, work.duty, work.appointment_id, works=True)
        for work in asked.work
        if work.appointment_id is not None or work.unit_id is not None
    ]


def _desk(unit_id: int | None, *duties: str, works: bool = False) -> list[Recipient]:
    """All in a unit who hold the first of the duties that somebody there holds."""
    for duty in duties:
        if unit_id is not None and organizations.has_duty(unit_id, duty):
            return [Recipient(unit_id, duty, works=works)]
    return []


def _with_duty(platform_id: int, duty: str, division_id: int | None = None) -> list[Recipient]:
    unit_id = organizations.unit_for_duty(platform_id, duty, division_id)
    return [Recipient(unit_id, duty)] if unit_id is not None else []


def _handler(asked: Asked) -> list[Recipient]:
    return _desk(asked.matter.handler_unit_id, "dispose", "receive")


def _head(unit_id: int | None) -> list[Recipient]:
    """The head of a unit, or of the unit above it."""
    while unit_id is not None:
        if found := _desk(unit_id, "lead_unit"):
            return found
        unit_id = organizations.unit(unit_id).parent_id
    return []


def _unit_head(asked: Asked) -> list[Recipient]:
    """Without a head the desk itself hears it again, as urgent."""
    return _head(asked.matter.handler_unit_id) or _handler(asked)


def _target_head(asked: Asked) -> list[Recipient]:
    return _head(asked.target_unit_id)


def _dispatcher(asked: Asked) -> list[Recipient]:
    """Who sent the case to its unit: the district's dispatcher where a district has it in hand (model D), else the platform's."""
    return _desk(asked.matter.command_unit_id, "dispatch") or _city_dispatcher(asked)


def _city_dispatcher(asked: Asked) -> list[Recipient]:
    return _with_duty(asked.matter.platform_id, "dispatch", asked.matter.subdistrict_id)


def _district(asked: Asked) -> list[Recipient]:
    """The dispatch group of the district that has the case in hand, but not of its own acts; elsewhere nobody."""
    centre = asked.matter.command_unit_id
    return _desk(centre, "dispatch") if centre != asked.actor_unit_id else []


def _district_leader(asked: Asked) -> list[Recipient]:
    """Who approves in that district: its duty leader."""
    return _desk(asked.matter.command_unit_id, "approve")


def _former_district(asked: Asked) -> list[Recipient]:
    """The district that the city took the case from (SZ-4.1c)."""
    return _desk(asked.from_district, "dispatch")


def _director(asked: Asked) -> list[Recipient]:
    return _with_duty(asked.matter.platform_id, DIRECTOR)


def _deputy(asked: Asked) -> list[Recipient]:
    """Who stands in for the head that signs, in her unit; without one the duty director."""
    unit_id = next((work.unit_id for work in asked.work), None)
    return _desk(unit_id, "deputize") or _director(asked)


def _subdistrict(asked: Asked) -> list[Recipient]:
    office = organizations.office_of(asked.matter.platform_id, asked.matter.subdistrict_id)
    return _desk(office, "read_area")


def _squad_leader(asked: Asked) -> list[Recipient]:
    squad = organizations.office_of(asked.matter.platform_id, asked.matter.subdistrict_id, kind="squad")
    return _desk(squad, "read_area") or _director(asked)


def _city_supervision(asked: Asked) -> list[Recipient]:
    """The duty director of the city above, of a case that a district has in hand (model D) or that is of its own platform (model E);
    elsewhere nobody."""
    if asked.matter.command_unit_id is not None:
        return _director(asked)
    parent = platform_of(asked.matter.platform_id).parent_id
    return _with_duty(parent, DIRECTOR) if parent is not None else []


def _leaders(asked: Asked) -> list[Recipient]:
    """Who reads the sheet of the morning: leaders, and the duty directors whose sheet it is."""
    return _people(one for desk in ("leader", "director") for one in organizations.on_desk(asked.matter.platform_id, desk=desk))


def _people(ids: Iterable[int | None]) -> list[Recipient]:
    held = organizations.still_in_force([one for one in ids if one is not None])
    return [Recipient(unit_id, appointment_id=one) for one, (unit_id, _user) in held.items()]


def _filer(asked: Asked) -> list[Recipient]:
    """Who filed the case or proposed it; one who has left the post hands it to the desk that files there."""
    own = _people([noticing.filer_of(asked.matter.case_id or 0, asked.seq)])
    return own or _with_duty(asked.matter.platform_id, "file", asked.matter.subdistrict_id)


def _passed_over(asked: Asked) -> list[Recipient]:
    """Whose work the record took away: the approver who slept."""
    return [Recipient(one.unit_id, one.duty, one.appointment_id) for one in asked.ended if one.kind == "decide"]


def _asker(asked: Asked) -> list[Recipient]:
    return _people([noticing.asker_of(asked.matter.case_id or 0, asked.seq)])


def _reporter(asked: Asked) -> list[Recipient]:
    return _people(noticing.reporters_of(asked.matter.case_id or 0))


def _addressee(asked: Asked) -> list[Recipient]:
    """The unit a comment is addressed to; one for all goes to the handler and to the dispatch group, but not to its writer's unit."""
    if asked.target_unit_id is not None:
        return _target(asked)
    found = [*_handler(asked), *_dispatcher(asked), *_subdistrict(asked)]
    unit_id = asked.matter.handler_unit_id
    outside = unit_id is not None and organizations.unit(unit_id).kind == "company"
    return [one for one in found if one.unit_id != asked.actor_unit_id and not (outside and one.unit_id == unit_id)]


def _target(asked: Asked) -> list[Recipient]:
    return _desk(asked.target_unit_id, *organizations.DESK_DUTIES)


def _former_handler(asked: Asked) -> list[Recipient]:
    former = noticing.former_unit(asked.matter.case_id or 0, asked.seq)
    return _desk(former, "receive", "dispose")


def _watchers(asked: Asked) -> list[Recipient]:
    """Who watches the case and still may read it; not who just acted."""
    case_id = asked.matter.case_id or 0
    return [
        Recipient(one.unit_id, appointment_id=one.appointment_id)
        for one in watching.watchers(case_id, asked.at)
        if one.appointment_id != asked.actor_appointment_id
    ]


def _authoriser(asked: Asked) -> list[Recipient]:
    return _people([asked.actor_appointment_id])


def _authorised(asked: Asked) -> list[Recipient]:
    """The person, or those of the unit who send cases to be checked and close them."""
    return _people([asked.holder_appointment_id]) or _desk(asked.target_unit_id, "send_check", "accept", "dispatch", "receive")


def _invited(asked: Asked) -> list[Recipient]:
    return _people(asked.invited)


ROLES: Mapping[str, Callable[[Asked], list[Recipient]]] = {
    "holder": _holder, "handler": _handler, "unit_head": _unit_head, "dispatcher": _dispatcher, "duty_director": _director,
    "deputy": _deputy, "subdistrict": _subdistrict, "squad_leader": _squad_leader, "city_supervision": _city_supervision,
    "target": _target, "target_head": _target_head, "former_handler": _former_handler, "asker": _asker, "reporter": _reporter,
    "addressee": _addressee, "watchers": _watchers, "passed_over": _passed_over, "filer": _filer, "district": _district,
    "district_leader": _district_leader, "former_district": _former_district, "city_dispatcher": _city_dispatcher,
    "authoriser": _authoriser, "authorised": _authorised, "leaders": _leaders, "invited": _invited,
}  # fmt: skip
