"""值班表 as a spreadsheet, out and in: faults by sheet, row and column, nothing half in (desks.md A1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import Column, Faults, Row, day_of, read_rows, write_book
from urbangrid.organizations import attending, rosters, shifts
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Shift, Turn
from urbangrid.organizations.rosters import Team

SHEET = "值班表"
COLUMNS = (
    Column("unit", N_("单位"), required=True, width=20), Column("post", N_("岗位"), required=True),
    Column("name", N_("姓名"), required=True), Column("username", N_("账号"), width=18),
    Column("day", N_("日期"), required=True), Column("shift", N_("班次"), required=True, most=10),
)  # fmt: skip
UNIT, POST, NAME, USERNAME, DAY, SHIFT = COLUMNS


def export(acting: Acting, days: Sequence[date]) -> bytes:
    """Every turn of the teams that the acting post plans; a person without a turn on a day stands with 休, so that it can be filled in."""
    teams = rosters.teams(acting)
    units = [team.unit.pk for team in teams]
    held: dict[tuple[int, date], list[str]] = {}
    turns = Turn.objects.filter(unit__in=units, day__range=(days[0], days[-1])).order_by("begins_at")
    for person, day, name in turns.values_list("appointment_id", "day", "shift__name"):
        held.setdefault((person, day), []).append(name)
    lines = [
        (team.unit.name, team.post.name, row.user.name, row.user.username, day.isoformat(), name)
        for team in teams for day in days for row in team.people for name in held.get((row.pk, day), ["休"])
    ]  # fmt: skip
    note(acting, "export_roster", values={"days": f"{days[0]} – {days[-1]}"})
    return write_book(SHEET, COLUMNS, lines)


def import_table(acting: Acting, data: bytes) -> Faults:
    """The turns of the people named, in the days from the first to the last of the file, become those of the file."""
    faults = Faults(SHEET)
    rows = read_rows(data, COLUMNS, faults)
    known = _Known(acting)
    wanted = [one for row in rows if (one := _line(known, row, faults)) is not None] if not faults.found else []
    if not faults.found and wanted:
        _write(acting, wanted, faults)
    return faults


class _Known:
    """Units, posts, people and shifts that the acting post may name, read once."""

    def __init__(self, acting: Acting) -> None:
        self.teams = {(team.unit.name, team.post.name): team for team in rosters.teams(acting)}
        self.units = {unit for unit, _post in self.teams}
        self.shifts = {key: shift for shift in rosters.shifts_of(acting.platform_id) for key in (shift.letter, shift.name)}


def _person(team: Team, name: str, username: str) -> Appointment | None:
    """By account where it is given, else by a name that only one person there has."""
    found = [row for row in team.people if row.user.username == username or (not username and row.user.name == name)]
    return found[0] if len(found) == 1 else None


Line = tuple[int, Appointment, Shift | None, date]


def _line(known: _Known, row: Row, faults: Faults) -> Line | None:
    """A row as (its number, person, shift or None for 休, day); None with faults added."""
    day = day_of(row, DAY, faults)
    team = known.teams.get((row["unit"], row["post"]))
    if team is None:
        wrong = ("roster_post", POST, row["post"]) if row["unit"] in known.units else ("roster_unit", UNIT, row["unit"])
        faults.add(wrong[0], row.number, wrong[1].title, value=wrong[2])
        return None
    person = _person(team, row["name"], row["username"])
    if person is None:
        faults.add("roster_person", row.number, NAME.title, value=row["name"])
    free = row["shift"] in shifts.FREE
    shift = known.shifts.get(row["shift"])
    if shift is None and not free:
        letters = _("、").join(dict.fromkeys(one.name for one in known.shifts.values()))
        faults.add("roster_shift", row.number, SHIFT.title, value=row["shift"], known=letters)
    return (row.number, person, shift, day) if person is not None and day is not None and (free or shift is not None) else None


class _Undone(Exception):
    """The file had faults; what was written of it is undone."""


def _write(acting: Acting, wanted: Sequence[Line], faults: Faults) -> None:
    days = [day for _number, _person, _shift, day in wanted]
    turns = [(number, person, shift, day) for number, person, shift, day in wanted if shift is not None]
    try:
        with transaction.atomic():
            answers = rosters.replace(
                {person.pk for _number, person, _shift, _day in wanted}, min(days), max(days),
                [(person, shift, day) for _number, person, shift, day in turns], acting.zone,
            )  # fmt: skip
            for (number, _person, _shift, _day), fault in zip(turns, answers, strict=True):
                if fault is not None:
                    faults.add("roster_clash", number, SHIFT.title, value=fault.sentence())
            if faults.found:
                raise _Undone
            note(acting, "roster_imported", values={"days": f"{min(days)} – {max(days)}", "turns": len(turns)})
            attending.refresh(acting.platform_id)
    except _Undone:
        return
