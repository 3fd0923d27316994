"""企业名录: public-service companies with classes and areas served, contacts, hours of service and contract (CY-2.2d).

A company is a unit like any other: its desk receives, its clocks run by its calendar. The register says for what it is proposed: a class of
its list, in an area of its list (none: everywhere), while its contract runs. The responsibility table goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from urbangrid.audit.actions import note
from urbangrid.catalog import cache, queries, shipped
from urbangrid.catalog.models import Category, Company, CompanyContact, CompanyKind
from urbangrid.catalog.values import CategoryOption, Service
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.grids.models import Division
from urbangrid.organizations import actions as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Unit


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of a company; ``on_duty``: the one to call about a dispatch."""

    name: str
    role: str
    phone: str
    on_duty: bool = False


@dataclass(frozen=True, slots=True)
class CompanyInputs:
    """What the register keeps of a company. ``calendar_code``: its hours of service; ``division_ids`` none: everywhere."""

    name: str
    short_name: str
    kind_code: str
    calendar_code: str
    duty_phone: str
    category_ids: tuple[int, ...]
    division_ids: tuple[int, ...] = ()
    contacts: tuple[Contact, ...] = ()
    contract_number: str = ""
    contract_from: date | None = None
    contract_to: date | None = None
    note: str = ""
    is_active: bool = True


# --- reading ---


def services(platform_id: int) -> Mapping[int, Service]:
    """The active companies of the register by unit, as dispatch reads them; remembered until the catalogue changes."""
    return cache.remembered(
        ("services", platform_id), lambda: {one.unit_id: one for one in map(_service, register(platform_id).filter(unit__is_active=True))}
    )


def register(platform_id: int, *, kind: str = "", typed: str = "") -> QuerySet[Company]:
    """The companies by code of their unit; ``typed``: part of name or initials, or a class served."""
    rows = Company.objects.filter(platform_id=platform_id)
    if kind:
        rows = rows.filter(kind__code=kind)
    if typed:
        served = Company.objects.filter(categories__name__icontains=typed).values("id")
        rows = rows.filter(Q(unit__name__icontains=typed) | Q(unit__initials__startswith=typed.lower()) | Q(id__in=served))
    classes = Category.objects.select_related("version").order_by("kind", "code")
    areas = Division.objects.only("id", "name", "level").order_by("code")
    related = rows.select_related("unit", "kind").order_by("unit__code")
    return related.prefetch_related(Prefetch("categories", classes), Prefetch("divisions", areas), "contacts")


def _service(row: Company) -> Service:
    contact = next((one for one in contacts_of(row) if one.on_duty), None)
    return Service(
        unit_id=row.unit_id, kind=row.kind.name, category_ids=frozenset(one.id for one in row.categories.all()),
        division_ids=frozenset(one.id for one in row.divisions.all()), contract_from=row.contract_from, contract_to=row.contract_to,
        duty_name=contact.name if contact else "", duty_phone=contact.phone if contact else row.unit.duty_phone,
    )  # fmt: skip


def contacts_of(row: Company) -> list[CompanyContact]:
    """Those to call, in their order."""
    return sorted(row.contacts.all(), key=lambda one: (one.position, one.pk))


def company(platform_id: int, company_id: int) -> Company:
    """One of the register. Raises NotFound ``catalog.company_unknown``."""
    found = register(platform_id).filter(pk=company_id).first()
    if found is None:
        raise NotFound("catalog.company_unknown")
    return found


def kinds(platform_id: int) -> list[CompanyKind]:
    """The kinds of company: those shipped, then the platform's own."""
    ours = Q(platform=None) | Q(platform_id=platform_id)
    return list(CompanyKind.objects.filter(ours).order_by("platform_id", "position", "id"))


def usual_classes(platform_id: int, kind: CompanyKind) -> list[int]:
    """Ids of the offered component classes that a company of that kind usually serves."""
    found = (queries.find_class(platform_id, "component", code) for code in kind.classes)
    return [option.id for option in found if option is not None]


# --- writing ---


@transaction.atomic
def load_kinds() -> int:
    """The seven shipped kinds; what is there stays. Returns the number added."""
    there = set(CompanyKind.objects.filter(platform=None).values_list("code", flat=True))
    rows = [
        CompanyKind(platform=None, code=row.code, name=row.name, position=position, classes=row.classes)
        for position, row in enumerate(shipped.company_kinds(), 1)
        if row.code not in there
    ]
    CompanyKind.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def create(acting: Acting, code: str, inputs: CompanyInputs) -> Company:
    """A company with its unit. Raises Refusal ``unit_code_taken`` and those of ``change``."""
    kind = _checked(acting, inputs)
    unit = organizations.create_unit(
        platform_id=acting.platform_id, code=code, name=inputs.name, short_name=inputs.short_name, kind="company",
        calendar_code=inputs.calendar_code, duty_phone=inputs.duty_phone, acting=acting,
    )  # fmt: skip
    row = Company.objects.create(platform_id=acting.platform_id, unit=unit, kind=kind)
    return _write(acting, row, kind, inputs, "company_created")


@transaction.atomic
def enter(acting: Acting, unit_id: int, inputs: CompanyInputs) -> Company:
    """Put a unit of kind company, which is there already, into the register."""
    kind = _checked(acting, inputs)
    _edit_unit(acting, unit_id, inputs)
    row = Company.objects.create(platform_id=acting.platform_id, unit_id=unit_id, kind=kind)
    return _write(acting, row, kind, inputs, "company_created")


@transaction.atomic
def change(acting: Acting, company_id: int, inputs: CompanyInputs) -> Company:
    """Change a company of the register and its unit.

    Raises NotFound ``catalog.company_unknown``, Refusal ``catalog.company_kind``, ``catalog.company_days``, ``unit_staffed``.
    """
    kind, row = _checked(acting, inputs), company(acting.platform_id, company_id)
    _edit_unit(acting, row.unit_id, inputs)
    return _write(acting, row, kind, inputs, "company_changed")


def _checked(acting: Acting, inputs: CompanyInputs) -> CompanyKind:
    if inputs.contract_from and inputs.contract_to and inputs.contract_to < inputs.contract_from:
        raise Refusal("catalog.company_days", status=422, field="contract_to")
    kind = next((one for one in kinds(acting.platform_id) if one.code == inputs.kind_code), None)
    if kind is None:
        raise Refusal("catalog.company_kind", status=422, field="kind")
    return kind


def _edit_unit(acting: Acting, unit_id: int, inputs: CompanyInputs) -> None:
    unit = Unit.objects.filter(pk=unit_id, platform_id=acting.platform_id, kind="company").first()
    if unit is None:
        raise NotFound("catalog.company_unknown")
    organizations.edit_unit(
        unit_id=unit_id, name=inputs.name, short_name=inputs.short_name, parent_id=unit.parent_id, calendar_code=inputs.calendar_code,
        duty_phone=inputs.duty_phone, is_active=inputs.is_active, share_percent=unit.share_percent,
        answers_directly=unit.answers_directly, acting=acting,
    )  # fmt: skip


def _write(acting: Acting, row: Company, kind: CompanyKind, inputs: CompanyInputs, act: str) -> Company:
    row.kind, row.contract_number, row.note = kind, inputs.contract_number, inputs.note
    row.contract_from, row.contract_to = inputs.contract_from, inputs.contract_to
    row.save()
    row.categories.set(_known(queries.category_options(acting.platform_id), inputs.category_ids))
    row.divisions.set(Division.objects.filter(platform_id=acting.platform_id, pk__in=inputs.division_ids).only("id"))
    CompanyContact.objects.filter(company=row).delete()
    CompanyContact.objects.bulk_create(
        CompanyContact(company=row, position=place, name=one.name, role=one.role, phone=one.phone, on_duty=one.on_duty)
        for place, one in enumerate(inputs.contacts, 1)
    )
    cache.changed()
    values = {
        "name": inputs.name, "kind": kind.name, "classes": len(inputs.category_ids), "areas": len(inputs.division_ids),
        "contract_to": inputs.contract_to.isoformat() if inputs.contract_to else "",
    }  # fmt: skip
    note(acting, act, subject=f"unit:{row.unit_id}", values=values)
    return company(acting.platform_id, row.pk)


def _known(options: Sequence[CategoryOption], ids: Sequence[int]) -> list[int]:
    offered = {option.id for option in options}
    return [number for number in ids if number in offered]
