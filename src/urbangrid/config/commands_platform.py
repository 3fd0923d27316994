"""``platform open``: a district opened as a tenant of the city (model D); ``platform staff``: accounts for all seats (HD-3.1.5)."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from urbangrid.administration import opening, staffing
from urbangrid.config.command.words import table
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division


def open_district(args: argparse.Namespace) -> int:
    """Prints the one-time passwords once. 1 when refused."""
    try:
        opened = _open(args)
    except Refusal as refusal:
        print(refusal.sentence())
        return 1
    print(_("%(name)s已开通。一次性密码只显示这一次，请当面交给本人：") % {"name": opened.platform.name})
    table([[_("岗位"), _("账号"), _("一次性密码")], *([one.post, one.username, one.once] for one in opened.accounts)])
    return 0


def _open(args: argparse.Namespace) -> opening.Opened:
    city = Platform.objects.filter(parent=None).order_by("pk").first()
    division = Division.objects.filter(platform=city, level="district", code=args.division, valid_to=None).first() if city else None
    if city is None or division is None:
        raise Refusal("district_division_unknown", status=404, code=args.division)
    try:
        departments, companies, people = opening.read_sheet(Path(args.file).read_bytes()) if args.file else ([], [], [])
    except OSError as fault:
        raise Refusal("file_unreadable", status=422, file=args.file, fault=fault.strerror) from fault
    return opening.open_district(
        city, division=division, name=args.name or division.name, short_name=args.short_name or division.name.removesuffix("区"),
        departments=departments, companies=companies, people=people,
    )  # fmt: skip


def sample(args: argparse.Namespace) -> int:
    """Write the empty form."""
    Path(args.to).write_bytes(opening.sample())
    print(_("样表已写到 %(file)s") % {"file": args.to})
    return 0


def staff(args: argparse.Namespace) -> int:
    """Prints the one-time passwords once. 1 when refused."""
    platform = Platform.objects.filter(parent=None).order_by("pk").first()
    try:
        if platform is None:
            raise Refusal("platform_names_missing", status=422)
        made = staffing.staff(platform, simulated=args.simulated)
    except Refusal as refusal:
        print(refusal.sentence())
        return 1
    if not made:
        print(_("编制内的岗位都已有人，没有新建账号。"))
        return 0
    print(_("按编制新建 %(count)s 个账号。一次性密码只显示这一次，请当面交给本人：") % {"count": len(made)})
    table([[_("单位"), _("岗位"), _("账号"), _("一次性密码")], *([one.unit, one.post, one.username, one.once] for one in made)])
    return 0
