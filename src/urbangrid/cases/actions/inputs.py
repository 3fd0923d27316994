"""What each action asks for, one frozen dataclass per action; pages and API fill the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter, ValidationError

from urbangrid.cases.actions import sense
from urbangrid.core import lengths
from urbangrid.core.errors import Refusal

WORDS_LIMIT = 2000
DESCRIPTION_LIMIT = 10_000
LIMITS = {"place_text": 256, "basis": 200, "place": 100, "handled_by": 60, "person": 60, "city_number": 40}
"""Fields that take less than ``WORDS_LIMIT``, most characters of each: what their columns and lists have room for."""
T = TypeVar("T")

LABELS = {
    "category_id": _("类别"), "condition_id": _("立案条件"), "description": _("补充说明"), "place_text": _("地点"), "longitude": _("位置"),
    "latitude": _("位置"), "answer": _("结果"), "note": _("说明"), "reason": _("理由"), "unit_id": _("处置单位"), "text": _("处置情况"),
    "handled_by": _("处置人"), "handled_at": _("处置时间"), "reply": _("回复"), "files": _("照片"), "opinion": _("意见"),
    "device_at": _("设备时间"), "device_longitude": _("设备位置"), "device_latitude": _("设备位置"), "accuracy_m": _("定位精度"),
    "kind": _("结案类型"), "city_number": _("市级案号"), "then": _("下一步"), "person": _("监督员"), "source": _("来源"),
    "client_id": _("上报编号"), "until": _("期限"), "request": _("申请"), "subject": _("事由"), "basis": _("依据"),
    "assist": _("协办单位"), "grade": _("督办类型"), "met_at": _("会商时间"), "place": _("地点"),
    "main": _("主案"), "report_id": _("上报"), "parts": _("拆分的案件"), "other": _("另一案件"),
    "means": _("核查方式"), "before": _("处置前照片"), "after": _("处置后照片"), "repeat_of": _("前案"), "phone": _("拨打的号码"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportInputs:
    """One submission. ``client_id`` is made by the sender's device and never taken twice; degrees are EPSG:4490 (or WGS-84 in effect)."""

    source: str
    client_id: str
    category_id: int | None = None
    condition_id: int | None = None
    description: str = ""
    urgent: bool = False
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    device_longitude: float | None = None
    device_latitude: float | None = None
    accuracy_m: float | None = None
    device_at: datetime | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FilingInputs:
    """What is decided when a case is filed; what is left out stays as reported."""

    category_id: int | None = None
    condition_id: int | None = None
    place_text: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    description: str | None = None
    urgent: bool | None = None
    complex: bool = False
    city_owned: bool = False
    note: str = ""
    repeat_of: int | None = None
    """反复: the closed case it repeats; None: found by itself, 0: the seat says that it is another matter."""


@dataclass(frozen=True, slots=True)
class ReasonInputs:
    """A move that needs a reason from the list; words may be added, never put in its place. ``unit_id``: whom it is about."""

    reason: str = ""
    note: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class CommentInputs:
    """意见 to one unit; without one to all who see the case."""

    text: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContactInputs:
    """联系记录: codes of ``words.CONTACT_WAYS`` and ``CONTACT_OUTCOMES``; ``person`` is who was reached in the unit."""

    unit_id: int | None = None
    person: str = ""
    how: str = ""
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CorrectInputs:
    """What was wrong and is right now: category, condition, place, source, or how urgent it is."""

    reason: str = ""
    note: str = ""
    category_id: int | None = None
    condition_id: int | None = None
    place_text: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    source: str = ""
    urgent: bool | None = None


@dataclass(frozen=True, slots=True)
class NoteInputs:
    """A move that may carry a remark."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskInputs:
    """Sending a verification or check; ``person`` is the appointment of a chosen inspector, else the roster decides."""

    note: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class VerifyInputs:
    """核实 answer from the site: one of ``lifecycle.VERIFY_ANSWERS``, with photos and the inspector's own position."""

    answer: str
    note: str = ""
    longitude: float | None = None
    latitude: float | None = None
    device_at: datetime | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckInputs:
    """核查 answer: one of ``lifecycle.CHECK_ANSWERS``; ``means``: how it was found, one of ``lifecycle.CHECK_MEANS``."""

    answer: str
    note: str = ""
    longitude: float | None = None
    latitude: float | None = None
    device_at: datetime | None = None
    files: tuple[int, ...] = ()
    means: str = "site"


@dataclass(frozen=True, slots=True)
class DispatchInputs:
    """The unit (主办), a reason where it is not the proposed one, and units that help (协办)."""

    unit_id: int
    opinion: str = ""
    reason: str = ""
    assist: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FileInputs:
    """A remark with photos."""

    note: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AskInputs:
    """A request: why, until when (plan date or end), with what proof; ``subject`` and ``unit_id`` where its kind asks for them."""

    reason: str = ""
    note: str = ""
    until: datetime | None = None
    files: tuple[int, ...] = ()
    subject: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class DecideInputs:
    """同意 or 不同意 of one request; ``unit_id``, ``basis`` and the two marks are what some kinds let the approver decide besides."""

    request: int
    note: str = ""
    reason: str = ""
    unit_id: int | None = None
    basis: str = ""
    designated: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class OrderInputs:
    """催办, 督办, 批示: the words, to which unit (empty: who has the case), until when; ``request``: the order that is passed on."""

    note: str = ""
    unit_id: int | None = None
    until: datetime | None = None
    grade: str = ""
    request: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerInputs:
    """The reply to an order, with photos or the scanned sheet."""

    request: int
    note: str = ""
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistInputs:
    """A helping unit: what it is to do; ``until`` and ``request`` where it is a sub-task of a coordination."""

    unit_id: int
    note: str = ""
    until: datetime | None = None
    request: int | None = None


@dataclass(frozen=True, slots=True)
class CoordinateInputs:
    """What the units agreed, when and where they met."""

    note: str = ""
    met_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class AssignInputs:
    """The unit below, and the appointment of a person of it where one is named."""

    unit_id: int
    person: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackInputs:
    """What the unit did: text, who, when, photos after."""

    text: str
    handled_by: str = ""
    handled_at: datetime | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FenceInputs:
    """先期围护: the photo of the fence, and a word if one is needed."""

    text: str = ""
    device_at: datetime | None = None
    files: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeInputs:
    """并案: into which open case, by id or 案卷号; after filing a reason from the list is needed."""

    main: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class JoinInputs:
    """并入: the report that tells of the same matter."""

    report_id: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartInputs:
    """One new case of a split: its own category and condition; the place where it differs; the unit meant, told to the dispatcher."""

    category_id: int
    condition_id: int
    place_text: str = ""
    unit_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SplitInputs:
    """拆分 into the main case and ``parts``; a form that makes one new case gives its fields themselves."""

    parts: tuple[PartInputs, ...] = ()
    category_id: int | None = None
    condition_id: int | None = None
    place_text: str = ""
    unit_id: int | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RelateInputs:
    """关联 or its end: the other case, by id or 案卷号."""

    other: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class InformedInputs:
    """告知结案: what the citizen is told."""

    reply: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CloseInputs:
    """Closing; ``reply`` goes to the citizen where the source is public."""

    reply: str = ""
    note: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CityInputs:
    """The city's answer, entered by hand from the paper: its number, words, day and the scanned sheet."""

    text: str
    city_number: str = ""
    handled_by: str = ""
    handled_at: datetime | None = None
    files: tuple[int, ...] = ()


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    return _adapters.get(shape) or _adapters.setdefault(shape, TypeAdapter(shape))


def read(shape: type[T], data: Mapping[str, Any], labels: Mapping[str, Any] = LABELS) -> T:
    """Typed inputs from a form or JSON body; empty strings count as left out. ``labels``: what the form calls its fields.

    Raises Refusal ``input_missing`` or ``input_wrong`` (status 422) naming the field in words.
    """
    given = {key: value for key, value in data.items() if value not in ("", None) or key in ("note", "reason", "description")}
    try:
        found: T = _adapter(shape).validate_python(given)
    except ValidationError as error:
        fault = error.errors()[0]
        code, (first, *deep) = "input_missing" if fault["type"] == "missing" else "input_wrong", fault["loc"] or ("",)
        name, which = (str(deep[1]), {"part": int(deep[0]) + 1}) if first == "parts" and len(deep) > 1 else (str(first), {})
        raise Refusal(code, status=422, field=name, label=labels.get(name, name), value=str(fault.get("input"))[:60], **which) from None
    _check_lengths(given, labels, DESCRIPTION_LIMIT if shape is ReportInputs else WORDS_LIMIT)
    sense.check(found, labels)
    return sense.aware(found)


def check_length(name: str, value: str, limit: int = 0, labels: Mapping[str, Any] = LABELS) -> None:
    """Raises Refusal ``input_too_long``. ``limit``: where it is not the field's usual one."""
    lengths.check(name, value, limit or LIMITS.get(name, WORDS_LIMIT), labels.get(name, name))


def _check_lengths(given: Mapping[str, Any], labels: Mapping[str, Any], of_description: int) -> None:
    """Of every text, and of those in the parts of a split, whose refusal says which part it is, counted from 1."""
    for name, value in given.items():
        if isinstance(value, str):
            check_length(name, value, of_description if name == "description" else 0, labels)
    for number, part in enumerate(given.get("parts") or (), start=1):
        try:
            _check_lengths(part if isinstance(part, Mapping) else {}, labels, of_description)
        except Refusal as fault:
            fault.values["part"] = number
            raise


def check_report(inputs: ReportInputs) -> None:
    """What a program gives without ``read``. Raises Refusal ``input_too_long``, ``input_wrong``."""
    check_length("description", inputs.description, DESCRIPTION_LIMIT)
    check_length("place_text", inputs.place_text)
    sense.check(inputs, LABELS)
