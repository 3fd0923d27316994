"""The reports of lives in bulk as plain rows: the first one, of which the case comes, and that of an inspector who found it true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from urbangrid.cases.lives_values import Given, Spot, Told
from urbangrid.cases.models import Case, CaseReport, Report, ReportFile
from urbangrid.cases.records import UsedFile
from urbangrid.cases.volume_rows import Rows
from urbangrid.core.ids import new_id
from urbangrid.organizations.acting import Acting


def put_first(made: Rows, told: Told, report_id: int, platform_id: int, state: str, refusal: tuple[str, str]) -> None:
    """As it was told, without its photos; ``refusal``: reason and words, empty where it was accepted."""
    who = told.reporter
    made.put(
        Report, id=report_id, platform_id=platform_id, number=told.number, source=told.source,
        source_class=told.source_class, client_id=told.client_id, category_id=told.category_id, condition_id=told.condition_id,
        description=told.description, urgent=told.urgent, received_at=told.at, simulated=told.simulated, state=state,
        refusal_reason=refusal[0], refusal_words=refusal[1], border_ids=list(told.spot.place.on_border_with),
        contact_id=told.contact_id, reporter_appointment_id=who.appointment_id if who is not None else None,
        reporter_name=who.user_name if who is not None else "", device_at=told.at if who is not None else None,
        point=told.spot.ewkb, **told.spot.columns,
    )  # fmt: skip


def put_own(made: Rows, case: Case, spot: Spot, at: datetime, who: Acting, given: Given) -> None:
    """The report of an inspector who found it true: hers, with her photos, linked to the case."""
    pk = new_id()
    made.put(
        Report, id=pk, platform_id=case.platform_id, number=given.number, source="inspector", source_class="inspector", state="linked",
        client_id=f"verify-{case.pk}-{case.seq}", category_id=case.category_id, description=given.texts.get("note", ""),
        urgent=case.urgent, reporter_appointment_id=who.appointment_id, reporter_name=who.user_name, received_at=at,
        simulated=case.simulated, point=spot.ewkb, **spot.columns,
    )  # fmt: skip
    made.put(CaseReport, id=new_id(), case_id=case.pk, report_id=pk, role="verification")
    put_photos(made, pk, given.files)


def put_photos(made: Rows, report_id: int, files: Sequence[UsedFile]) -> None:
    """The files of a report in their order."""
    for position, one in enumerate(files):
        made.put(ReportFile, id=new_id(), report_id=report_id, file_id=one.file_id, position=position)
