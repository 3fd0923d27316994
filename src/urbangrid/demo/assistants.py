"""Assistants of the made city under model B (CY-15): an office of a sub-district that handles cases and a crew of 协管队员 below it.

What they report and are given to do: ``assisting``.
"""

from __future__ import annotations

from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Unit

CLERK, CREW = "jiedao1", ("xieguan1", "xieguan2")
"""Accounts of the office's clerk and of its assistants."""
PEOPLE = {CLERK: "邢岩", "xieguan1": "柏松", "xieguan2": "陶然"}


def crew_of(administrator: Acting, office: Unit) -> tuple[Unit, list[tuple[str, str, Unit]]]:
    """Let the office handle cases and put a crew below it; the crew, and account, post and unit of everybody to appoint."""
    actions.edit_unit(
        unit_id=office.pk, name=office.name, short_name=office.short_name, parent_id=office.parent_id, calendar_code=office.calendar_code,
        duty_phone=office.duty_phone, is_active=True, share_percent=office.share_percent, answers_directly=office.answers_directly,
        handles_cases=True, acting=administrator,
    )  # fmt: skip
    short = office.short_name.removesuffix("办事处").removesuffix("街道")
    crew = actions.create_unit(
        platform_id=office.platform_id, code=f"{office.code}-X", name=f"{short}街道协管队", short_name=f"{short}协管队", kind="crew",
        parent_id=office.pk, duty_phone=office.duty_phone,
    )  # fmt: skip
    return crew, [(CLERK, "subdistrict_clerk", office), *((one, "assistant_crew", crew) for one in CREW)]
