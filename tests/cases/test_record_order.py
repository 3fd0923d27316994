"""``audit verify`` notices rows whose time does not fit their place in the log; a notice and no fault, because imports do the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cases.test_sealed_record import Said, case, said
from tests.support.log import heads_folder, notes
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow, Leaf
from urbangrid.audit.sealer import Sealer
from urbangrid.core import clock

__all__ = ["case", "heads_folder", "said"]


def test_a_row_put_in_with_an_old_time_is_noticed_though_its_sealing_is_good(case: int, said: Said) -> None:
    with clock.travel(clock.now() - timedelta(days=40)):
        note(None, "sign_in_failed", subject="put in")
    with clock.travel(clock.now() + timedelta(days=40)):
        note(None, "sign_out", subject="of a day to come")
    notes(2)
    Sealer().seal()
    code, text = said()
    assert code == 0 and "全部相符" in text
    assert "时间与次序不符 2 条" in text and "相差超过 6 小时" in text
    old = AuditRow.objects.get(subject="put in")
    assert f"[注意] 审计 {old.at:%Y-%m-%d %H:%M:%SZ} sign_in_failed（叶子 {Leaf.objects.get(subject_id=old.pk).number}）" in text
    assert AuditRow.objects.get(action="audit_verified").values["odd"] == 2


def test_a_late_sealing_is_no_notice_and_how_many_hours_are_is_set(case: int, said: Said, settings: Any) -> None:
    with clock.travel(clock.now() + timedelta(days=1)):
        notes(3)
    with clock.travel(clock.now() + timedelta(days=1, hours=5)):
        notes(3)
    with clock.travel(clock.now() + timedelta(days=4)):  # the sealer stood for three days, then takes them in two steps
        Sealer().seal(batch=2)
        code, text = said()
        assert code == 0 and "时间与次序不符" not in text
        with clock.travel(clock.now() - timedelta(hours=5)):
            notes(1)
        Sealer().seal()
        assert "时间与次序不符" not in said()[1]
        settings.ORDER_HOURS = 4
        assert "时间与次序不符 1 条" in said()[1]
        settings.ORDER_HOURS = 0
        assert "时间与次序不符" not in said()[1]
