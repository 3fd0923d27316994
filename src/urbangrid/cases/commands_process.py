"""The command ``process``: what the pages of processes do, at the terminal.

``list`` · ``check FILE`` · ``export CODE --to FILE [--bpmn]`` · ``import FILE`` (a draft) · ``simulate FILE`` · ``publish FILE`` ·
``take-back CODE`` · ``migrate CODE FROM TO [--map STATE=STATE] [--go]``. What changes something is done ``--as`` a system administrator.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from urbangrid.cases import processes, words
from urbangrid.cases.actions import definitions, migrating
from urbangrid.cases.definitions import bpmn, diagram, fault_words, listing, running
from urbangrid.cases.definitions.simulating import Simulator, sentence
from urbangrid.cases.models import ProcessDefinition
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force

DUTY = "administer_system"


def run(args: argparse.Namespace) -> int:
    """One of the acts; 1 where it is refused, with the sentence."""
    acts = {
        "list": _list, "check": _check, "export": _export, "import": _import, "simulate": _simulate, "publish": _publish,
        "take-back": _take_back, "migrate": _migrate,
    }  # fmt: skip
    try:
        return acts[args.act](args, _platform(args))
    except Refusal as fault:
        print(fault.sentence())
    except OSError as fault:
        print(_("文件读写不成：%(fault)s") % {"fault": fault})
    return 1


def _platform(args: argparse.Namespace) -> Platform:
    code = getattr(args, "platform", None)
    found = Platform.objects.filter(code=code) if code else Platform.objects.all()
    rows = list(found.order_by("code")[:2])
    if len(rows) != 1:
        raise Refusal("process_platform", status=422)
    return rows[0]


def _acting(args: argparse.Namespace, platform: Platform) -> Acting:
    """The system administrator of ``--as``; what is done leaves her name in the audit trail."""
    rows = Appointment.objects.filter(in_force(), platform=platform, user__username=getattr(args, "who", None) or "")
    for row in rows.select_related("user", "post", "unit", "platform"):
        if DUTY in row.post.duties:
            return from_row(row)
    raise Refusal("process_who", status=403)


def _version(platform: Platform, code: str, number: str | None) -> ProcessDefinition:
    rows = ProcessDefinition.objects.select_related("base").filter(platform=platform, code=code)
    found = rows.filter(version=int(number)).first() if number and number.isdigit() else processes.current_version(platform.pk, code)
    if found is None:
        raise Refusal("process_unknown", status=404)
    return found


def _list(args: argparse.Namespace, platform: Platform) -> int:
    for one in listing.versions(platform.pk):
        row, cases = one.row, _("在办 %(n)s") % {"n": one.open}
        print(f"{row.code} {row.version}  {row.name}  {row.effective_from:%Y-%m-%d %H:%MZ}  {one.state}  {cases}")
    return 0


def _check(args: argparse.Namespace, platform: Platform) -> int:
    definition, _base = definitions.read_file(Path(args.file).read_bytes())
    faults = definitions.faults_of(platform.pk, definition)
    for said in fault_words.sentences(faults):
        print(said)
    print(_("有 %(n)s 处不通") % {"n": len(faults)} if faults else _("检查通过"))
    return 1 if faults else 0


def _export(args: argparse.Namespace, platform: Platform) -> int:
    row = _version(platform, args.code, getattr(args, "version", None))
    data = definitions.write_file(row)
    if getattr(args, "bpmn", False):
        data = bpmn.export(processes.process_of(row.pk), diagram.labels(), f"{row.name} {row.code} {row.version}")
    Path(args.to).write_bytes(data)
    print(_("已写到 %(path)s：%(code)s 第 %(version)s 版") % {"path": args.to, "code": row.code, "version": row.version})
    return 0


def _import(args: argparse.Namespace, platform: Platform) -> int:
    draft = definitions.import_draft(_acting(args, platform), Path(args.file).read_bytes())
    print(_("已读入为草稿 %(code)s，请在“流程”页检查后发布，或用 process publish") % {"code": draft.code})
    return 0


def _simulate(args: argparse.Namespace, platform: Platform) -> int:
    definition, _base = definitions.read_file(Path(args.file).read_bytes())
    if _check(args, platform):
        return 1
    found = Simulator(platform.pk, definition).run()
    print(sentence(found))
    for stage, tally in found.stages.items():
        before, after = ("—" if rate is None else f"{rate:.1f}" for rate in tally.rates)
        values = {"stage": words.QUEUES.get(stage, stage), "before": before, "after": after, "n": tally.judged_before}
        print("  " + _("%(stage)s %(before)s→%(after)s（%(n)s 个）") % values)
    return 0


def _publish(args: argparse.Namespace, platform: Platform) -> int:
    acting = _acting(args, platform)
    draft = definitions.import_draft(acting, Path(args.file).read_bytes())
    try:
        made = definitions.publish_draft(acting, draft.pk, draft.seq)
    except Refusal:
        definitions.discard_draft(acting, draft.pk)
        raise
    print(_("“%(name)s”第 %(version)s 版已发布，此后的新案件照此办理") % {"name": made.name, "version": made.version})
    return 0


def _take_back(args: argparse.Namespace, platform: Platform) -> int:
    row = _version(platform, args.code, getattr(args, "version", None))
    former = definitions.take_back(_acting(args, platform), row.pk)
    print(_("已撤回，现行的是第 %(version)s 版") % {"version": former.version} if former else _("已撤回"))
    return 0


def _migrate(args: argparse.Namespace, platform: Platform) -> int:
    """A dry run; with ``--go`` the act."""
    acting = _acting(args, platform)
    old, new = (_version(platform, args.code, str(number)) for number in (args.old, args.new))
    states = dict(pair.split("=", 1) for pair in getattr(args, "map", None) or [] if "=" in pair)
    plan = migrating.plan(platform.pk, old.pk, new.pk, states)
    for one, other, count in plan.goes:
        print(f"  {words.STATES[one]} → {words.STATES[other]}  {count}")
    for stays in plan.stays:
        print(f"  {stays.number or stays.case_id}  {words.STATES[stays.state]}  {words.STAYS[stays.why]}")
    if not getattr(args, "go", False):
        print(_("试算：%(n)s 件可改，%(m)s 件不能；加 --go 才改") % {"n": len(plan.case_ids), "m": len(plan.stays)})
        return 0
    done = running.migrate(acting, old.pk, new.pk, states, at_once=True).result or {}
    print(_("%(n)s 件已改用新流程，%(m)s 件没有动") % {"n": done.get("moved", 0), "m": done.get("stayed", 0)})
    return 0
