"""The life of a case: its states, every permitted move, and what a move does to the clocks. Plain Python; nothing else decides.

A process definition (``cases.process``) selects moves from here and sets who holds them, what they need and how long they may
take; it never invents a state or a move (architecture §3.2).

Buttons, permissions, refusals and the diagram in docs/case-life.md are derived from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """A summary of where a case is. Requests that wait for an answer are records of their own, not states."""

    REPORTED = "reported"  # a report waits to be accepted; there is no case yet
    TO_FILE = "to_file"
    VERIFYING = "verifying"
    TO_CONFIRM = "to_confirm"
    TO_SIGN = "to_sign"
    TO_RELEASE = "to_release"
    WITH_CITY = "with_city"
    FILED = "filed"
    TO_DISPATCH = "to_dispatch"
    AT_DISTRICT = "at_district"  # the second hop: a district command centre dispatches to its own units
    TO_RECEIVE = "to_receive"
    DISPOSING = "disposing"
    DISTRICT_REVIEW = "district_review"
    TO_REVIEW = "to_review"
    TO_SEND_CHECK = "to_send_check"
    CHECKING = "checking"
    TO_CLOSE = "to_close"
    CLOSED = "closed"
    ARCHIVED = "archived"  # 已归档: read-only, in the statistics; only a granted reopening leads out
    REFUSED = "refused"  # 不予受理: of a report
    NOT_FILED = "not_filed"  # 不予立案
    VOID = "void"  # 作废
    MERGED = "merged"  # 已并案: its page leads to the main case


FINAL = frozenset({State.CLOSED, State.ARCHIVED, State.REFUSED, State.NOT_FILED, State.VOID, State.MERGED})
OPEN = frozenset(State) - FINAL
DISTRICT = frozenset({State.AT_DISTRICT, State.DISTRICT_REVIEW})
"""With the command of a district, between the city and its unit (model D)."""
FILED_OPEN = OPEN - {State.REPORTED, State.TO_FILE, State.VERIFYING, State.TO_CONFIRM}
"""Open states after filing: a case here has a number, a case limit, and can be corrected or voided."""


class ClockEffect(StrEnum):
    """What a move does to a clock. Stage clocks need none: they start and end with their work item."""

    NONE = ""
    START = "start"
    STAND = "stand"  # the clock stands: grey
    GO_ON = "go_on"
    REWORK = "rework"  # goes on with what is left, never below the floor
    END = "end"
    ELSEWHERE = "elsewhere"  # the clock stands while another unit has the case
    CREDIT = "credit"  # the attempt is taken back: its time is given back


class When(StrEnum):
    """A question about the case and the inputs that chooses between moves of the same name from the same state."""

    ALWAYS = ""
    PLAIN = "plain"
    COMPLEX = "complex"
    CITY_OWNED = "city_owned"
    REACHED = "reached"  # the inspector could check
    NOT_REACHED = "not_reached"  # locked yard, dark: sent again, no rework
    OWN_UNIT = "own_unit"  # a unit of the dispatching level itself; taken back by the city
    BY_DISTRICT = "by_district"  # by way of a district command centre; taken back by the district, which keeps the case


UNDER_WAY = OPEN - {State.REPORTED}
"""States of an open case: one that a report or another case can be joined to."""
SPLITTABLE = FILED_OPEN - {State.TO_SIGN, State.TO_RELEASE, State.WITH_CITY}
"""What the department head or the city decides on is split before or after, not meanwhile."""
BEFORE_FILING = (State.TO_FILE, State.VERIFYING, State.TO_CONFIRM)
"""An open case that has no number yet: here an urgent one may be called out first (先派后补, case-rules 11)."""
FENCE = "fence"
"""The second work of a two-limit case, beside signing for and doing the repair; taken away with it."""
FENCEABLE = (State.TO_RECEIVE, State.DISPOSING)
"""Where the unit has the case in hand: it may put up the fence before it has signed for the repair."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One permitted move. ``work`` is the kind of work item that the move answers; a side move (empty) leaves the items open."""

    action: str
    source: State
    target: State
    work: str = ""
    when: When = When.ALWAYS
    unit_clock: ClockEffect = ClockEffect.NONE
    case_clock: ClockEffect = ClockEffect.NONE
    clause: str = ""
    over: bool = False
    """Taken by somebody above, not by the holder of the work: what others have open of it ends with it."""

    @property
    def key(self) -> tuple[str, State, State]:
        return self.action, self.source, self.target


_S, _C, _W = State, ClockEffect, When

TASK = "crew_task"
"""Kind of the work item that a sub-unit gets from the unit above it; its clock is a stage clock of the same name."""
TASK_ACTIONS = ("assign_down", "unassign", "crew_feedback", "hand_back")
"""指派, 撤销指派, 班组反馈, 交回: what happens between a unit and those below it."""

EDGES: tuple[Edge, ...] = (
    # before filing
    Edge("accept", _S.REPORTED, _S.TO_FILE, "accept", clause="HD-3.1.3-1"),
    Edge("refuse_report", _S.REPORTED, _S.REFUSED, "accept", clause="case-rules 6"),
    Edge("send_verification", _S.TO_FILE, _S.VERIFYING, "file", clause="HD-3.2.1-2"),
    Edge("verify", _S.VERIFYING, _S.TO_FILE, "verify", clause="HD-3.2.1-2"),
    Edge("propose_filing", _S.TO_FILE, _S.TO_CONFIRM, "file", clause="model A, S2: confirm_post"),
    Edge("return_proposal", _S.TO_CONFIRM, _S.TO_FILE, "confirm_filing"),
    Edge("refuse_filing", _S.TO_FILE, _S.NOT_FILED, "file", clause="case-rules 6"),
    Edge("refuse_filing", _S.TO_CONFIRM, _S.NOT_FILED, "confirm_filing", clause="case-rules 6"),
    *(Edge("call_first", state, state, clause="case-rules 11") for state in BEFORE_FILING),
    # filing
    Edge("file", _S.TO_FILE, _S.FILED, "file", _W.PLAIN, case_clock=_C.START, clause="HD-3.2.2a"),
    Edge("file", _S.TO_FILE, _S.TO_SIGN, "file", _W.COMPLEX, case_clock=_C.START, clause="HD-3.2.2b"),
    Edge("file", _S.TO_FILE, _S.TO_RELEASE, "file", _W.CITY_OWNED, case_clock=_C.START, clause="model A, S2 city-owned"),
    Edge("file", _S.TO_CONFIRM, _S.FILED, "confirm_filing", _W.PLAIN, case_clock=_C.START, clause="HD-3.2.2a"),
    Edge("file", _S.TO_CONFIRM, _S.TO_SIGN, "confirm_filing", _W.COMPLEX, case_clock=_C.START, clause="HD-3.2.2b"),
    Edge("file", _S.TO_CONFIRM, _S.TO_RELEASE, "confirm_filing", _W.CITY_OWNED, case_clock=_C.START),
    Edge("sign", _S.TO_SIGN, _S.FILED, "sign", clause="HD-3.2.2b"),
    Edge("return_unsigned", _S.TO_SIGN, _S.TO_FILE, "sign", clause="HD-3.2.2b"),
    Edge("hand_on", _S.FILED, _S.TO_DISPATCH, "hand_on", clause="HD-3.2.2a"),
    # city-owned: on paper until an exchange link exists
    Edge("release", _S.TO_RELEASE, _S.WITH_CITY, "release", case_clock=_C.STAND, clause="case-rules 17"),
    Edge("return_release", _S.TO_RELEASE, _S.TO_FILE, "release"),
    Edge("enter_city_answer", _S.WITH_CITY, _S.TO_SEND_CHECK, "city_answer", case_clock=_C.GO_ON, clause="case-rules 17"),
    # dispatch and disposal
    Edge("dispatch", _S.TO_DISPATCH, _S.TO_RECEIVE, "dispatch", _W.OWN_UNIT, unit_clock=_C.START, clause="model A, S3"),
    Edge("dispatch", _S.TO_DISPATCH, _S.AT_DISTRICT, "dispatch", _W.BY_DISTRICT, clause="SZ-4.2b, model D, S3a"),
    Edge("dispatch", _S.AT_DISTRICT, _S.TO_RECEIVE, "district_dispatch", unit_clock=_C.START, clause="SZ-2.1d, model D, S3b"),
    Edge("return_up", _S.AT_DISTRICT, _S.TO_DISPATCH, "district_dispatch", clause="model D, S3b"),
    Edge("return_to_filing", _S.TO_DISPATCH, _S.TO_FILE, "dispatch", clause="case-rules 8"),
    Edge("receive", _S.TO_RECEIVE, _S.DISPOSING, "receive", clause="model A, S4"),
    # a district's unit gives back to its district, and the district takes back for itself; the city takes from both (model D)
    *(
        Edge(action, state, target, when=when, unit_clock=effect, clause=clause, over=True)
        for state in (_S.TO_RECEIVE, _S.DISPOSING)
        for action, target, when, effect, clause in (
            ("recall", _S.TO_DISPATCH, _W.OWN_UNIT, _C.ELSEWHERE, "SZ-4.1c"),
            ("recall", _S.AT_DISTRICT, _W.BY_DISTRICT, _C.ELSEWHERE, "SZ-2.1d"),
            ("redispatch", _S.TO_RECEIVE, _W.ALWAYS, _C.NONE, "golden table: re-dispatch"),
            ("send_back", _S.TO_DISPATCH, _W.OWN_UNIT, _C.CREDIT, "case-rules 14"),
            ("send_back", _S.AT_DISTRICT, _W.BY_DISTRICT, _C.CREDIT, "case-rules 14, model D, S4"),
        )
    ),
    # the city over its districts: also before they have sent it on, and while they look at the answer
    *(
        Edge("recall", state, _S.TO_DISPATCH, when=_W.OWN_UNIT, unit_clock=_C.ELSEWHERE, clause="SZ-4.1c", over=True)
        for state in (_S.AT_DISTRICT, _S.DISTRICT_REVIEW)
    ),
    Edge("feedback", _S.DISPOSING, _S.TO_REVIEW, "dispose", _W.OWN_UNIT, unit_clock=_C.STAND, clause="HD-3.2.4"),
    Edge("feedback", _S.DISPOSING, _S.DISTRICT_REVIEW, "dispose", _W.BY_DISTRICT, unit_clock=_C.STAND, clause="model D, S5"),
    # within the unit: side records, the case stays with it; who assigns before the receipt signs for it first (case-rules 12)
    Edge("assign_down", _S.TO_RECEIVE, _S.DISPOSING, "receive", clause="case-rules 12"),
    *(Edge(action, _S.DISPOSING, _S.DISPOSING, clause="case-rules 12") for action in TASK_ACTIONS),
    Edge("review", _S.DISTRICT_REVIEW, _S.TO_REVIEW, "district_review", clause="model D, S5"),
    Edge("review", _S.DISTRICT_REVIEW, _S.TO_SEND_CHECK, "district_review", clause="model D, S5: the city's review skipped"),
    Edge("rework", _S.DISTRICT_REVIEW, _S.DISPOSING, "district_review", unit_clock=_C.REWORK, clause="model D, S5"),
    Edge("review", _S.TO_REVIEW, _S.TO_SEND_CHECK, "review", clause="HD-3.2.5"),
    Edge("rework", _S.TO_REVIEW, _S.DISPOSING, "review", unit_clock=_C.REWORK, clause="HD-3.2.5"),
    # check and closing
    Edge("send_check", _S.TO_SEND_CHECK, _S.CHECKING, "send_check", clause="model A, S6"),
    Edge("check", _S.CHECKING, _S.TO_CLOSE, "check", _W.REACHED, clause="HD-3.2.6"),
    Edge("check", _S.CHECKING, _S.TO_SEND_CHECK, "check", _W.NOT_REACHED, clause="case-rules 19"),
    Edge("check_remotely", _S.TO_SEND_CHECK, _S.TO_CLOSE, "send_check", clause="case-rules 19"),
    Edge("check_remotely", _S.CHECKING, _S.TO_CLOSE, clause="case-rules 19", over=True),
    Edge("send_check", _S.TO_CLOSE, _S.CHECKING, "close", clause="HD-3.2.6b"),
    Edge("rework", _S.TO_CLOSE, _S.DISPOSING, "close", unit_clock=_C.REWORK, clause="HD-3.2.6b"),
    Edge("return_to_city", _S.TO_CLOSE, _S.WITH_CITY, "close", case_clock=_C.STAND, clause="case-rules 17"),
    Edge("close", _S.TO_CLOSE, _S.CLOSED, "close", unit_clock=_C.END, case_clock=_C.END, clause="HD-3.2.6b"),
    # side moves
    *(Edge("correct", state, state, clause="case-rules 8") for state in State if state in FILED_OPEN),
    *(
        Edge("void", state, _S.VOID, unit_clock=_C.END, case_clock=_C.END, clause="case-rules 6", over=True)
        for state in State
        if state in FILED_OPEN
    ),
    Edge("archive", _S.CLOSED, _S.ARCHIVED, clause="HD-4.1-3c"),
    *(
        Edge("reopen", state, _S.TO_DISPATCH, case_clock=_C.START, clause="HD-4.1-3c", over=True)
        for state in (_S.CLOSED, _S.ARCHIVED)
    ),
    *(
        Edge("merge", state, _S.MERGED, unit_clock=_C.END, case_clock=_C.END, clause="case-rules 9", over=True)
        for state in State
        if state in UNDER_WAY
    ),
    *(Edge("unmerge", _S.MERGED, state, clause="case-rules 9") for state in State if state in UNDER_WAY),
    *(Edge("join_report", state, state, clause="case-rules 9") for state in State if state in UNDER_WAY),
    *(Edge("split", state, state, clause="case-rules 8, CY-20-3") for state in State if state in SPLITTABLE),
    Edge("split_off", _S.REPORTED, _S.FILED, case_clock=_C.START, clause="case-rules 8, CY-20-3"),
    *(Edge("relate", state, state, clause="CY-20-3") for state in State if state in UNDER_WAY),
    *(Edge("unrelate", state, state, clause="CY-20-3") for state in State if state in UNDER_WAY),
    *(Edge("fence", state, state, FENCE, clause="case-rules §1, two-limit case") for state in FENCEABLE),
    Edge("close_informed", _S.TO_SEND_CHECK, _S.CLOSED, "send_check", unit_clock=_C.END, case_clock=_C.END, clause="case-rules 20"),
)

TOLD_BESIDE = ("take_in", "let_go")
"""What the main case of a merger records while the other one moves: it changes nothing of its own (case-rules 9)."""

WITHDRAWABLE: dict[str, tuple[State, ...]] = {
    "send_verification": (_S.VERIFYING,),
    "propose_filing": (_S.TO_CONFIRM,),
    "file": (_S.FILED, _S.TO_SIGN, _S.TO_RELEASE, _S.TO_DISPATCH),
    "sign": (_S.FILED, _S.TO_DISPATCH),
    "dispatch": (_S.TO_RECEIVE, _S.AT_DISTRICT),
    "return_up": (_S.TO_DISPATCH,),
    "review": (_S.TO_SEND_CHECK, _S.TO_REVIEW),
    "send_check": (_S.CHECKING,),
}
"""撤回: own last step, until somebody of the next post opens the case; the step -> the states it may be taken back from (case-rules 8)."""

WORK: dict[State, str] = {
    _S.REPORTED: "accept",
    _S.TO_FILE: "file",
    _S.VERIFYING: "verify",
    _S.TO_CONFIRM: "confirm_filing",
    _S.TO_SIGN: "sign",
    _S.TO_RELEASE: "release",
    _S.WITH_CITY: "city_answer",
    _S.FILED: "hand_on",
    _S.TO_DISPATCH: "dispatch",
    _S.AT_DISTRICT: "district_dispatch",
    _S.TO_RECEIVE: "receive",
    _S.DISPOSING: "dispose",
    _S.DISTRICT_REVIEW: "district_review",
    _S.TO_REVIEW: "review",
    _S.TO_SEND_CHECK: "send_check",
    _S.CHECKING: "check",
    _S.TO_CLOSE: "close",
}
"""What somebody must do while a case is in a state: the kind of its work item."""

MAIN_ACTION: dict[State, str] = {
    _S.REPORTED: "accept",
    _S.TO_FILE: "file",
    _S.VERIFYING: "verify",
    _S.TO_CONFIRM: "file",
    _S.TO_SIGN: "sign",
    _S.TO_RELEASE: "release",
    _S.WITH_CITY: "enter_city_answer",
    _S.FILED: "hand_on",
    _S.TO_DISPATCH: "dispatch",
    _S.AT_DISTRICT: "dispatch",
    _S.TO_RECEIVE: "receive",
    _S.DISPOSING: "feedback",
    _S.DISTRICT_REVIEW: "review",
    _S.TO_REVIEW: "review",
    _S.TO_SEND_CHECK: "send_check",
    _S.CHECKING: "check",
    _S.TO_CLOSE: "close",
}
"""The act that takes a case on from a state: what the first key of its desk does, or what follows by itself there."""

BESIDE = frozenset({"decide", "recheck", "assist", "answer_order", "answer_instruction", "judge_answer"})
"""Kinds of work that lie beside the state: they stay open while the case moves, and end with it."""

BY_ITSELF = frozenset({"wake", "ask_recheck", "archive", "escalate"})
"""What the platform does when a day or an hour comes, with nobody's name on the record."""

REMARKS = frozenset({"comment", "contact"})
"""意见, 联系记录: records beside the story. They move nothing, so a form drawn before one of them is as good as before."""

LOGGED = REMARKS | {"call_first"}
"""What stands in the log of calls and comments, and is read by those alone who may read there."""

VERIFY_ANSWERS = ("true", "not_true", "cannot_verify", "gone")
"""核实: 属实 / 不属实 / 无法核实 / 已消除 (case-rules 7)."""
CHECK_ANSWERS = ("handled", "not_handled", "insufficient", "unreachable")
"""核查: 已处置 / 未处置 / 处置不到位 / 无法核查 (case-rules 19)."""
CHECK_MEANS = ("site", "video", "assessor")
"""How it was checked: 现场 / 视频 / 考评员 (case-rules 19)."""
REMOTE_MEANS = ("video", "assessor")
"""How a desk checks without sending an inspector."""
CLOSING_KINDS = ("normal", "overdue", "error", "special", "informed", "authorised")
"""结案: 正常 / 超时 / 差错 / 特殊 / 告知 / 授权 (case-rules 20). The last two are set by the way taken, never chosen."""


def edges_from(state: State) -> tuple[Edge, ...]:
    """Every move that the code permits from ``state``."""
    return tuple(edge for edge in EDGES if edge.source == state)
