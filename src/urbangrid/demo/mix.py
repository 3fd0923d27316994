"""What happens in the made city and how well: the mix of desks.md with its weaknesses, for 99.9 % everywhere would look faked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

A_DAY: Final = 500
"""Reports on an ordinary day at scale 1."""
SUSPENDED: Final = 60
OVERDUE: Final = 27
"""挂账 and 超期未结 that stand at scale 1."""
EVENTS: Final = 0.935
"""Of all matters; components are the rest."""
SOURCES: Final[Mapping[str, float]] = {"inspector": 91.5, "hotline": 5.4, "wechat": 1.6, "web": 0.9, "leader": 0.3, "media": 0.3}
"""Per hundred."""
REFUSED, UNTRUE, REWORK, CHECK_FAILS, EXTENDED = 0.012, 0.05, 0.021, 0.015, 0.004
"""不予受理 of public reports' and inspectors' alike; 不属实 of verifications; 返工 at the review and after the check; 延期 asked."""
REPEATED, STUBBORN = 0.025, 12
"""Of all reports those of a matter that was closed there within two days and a half (反复); how much likelier where things come back."""
WORST, BEST = "D01", "D03"
"""市政设施所 keeps 78 % of its limits, 环卫所 99 %; the others lie between 92 and 98 %."""
KEPT: Final[Mapping[str, float]] = {WORST: 0.78, BEST: 0.99}
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "dispatch": ("", "", "", "请先围护再处置", "请于今日完成", "人流密集，请尽快"),
    "verify": ("现场属实", "现场属实，影响通行", "已到现场，情况属实"),
    "rework": ("照片中仍有残留", "角度不同，看不清处置结果", "只处理了一半"),
    "reply": ("您好，您反映的问题已处置完毕，现场核查属实。谢谢您。",),
}  # fmt: skip


def kept_share(code: str) -> float:
    """How many of its limits a unit keeps; the same unit always the same."""
    if code in KEPT:
        return KEPT[code]
    return 0.92 + hashlib.sha256(code.encode()).digest()[0] / 255 * 0.06


def comes_back(road: str) -> bool:
    """Whether things come back on that road: on one in thirty, always the same."""
    return bool(road) and hashlib.sha256(road.encode()).digest()[1] % 30 == 0
