"""``demo make``, ``demo reset`` and what ``up`` does with the made city."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from datetime import datetime
from datetime import time as dt_time

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.addresses.models import Building, DoorNumber, Landmark
from urbangrid.audit import outside
from urbangrid.catalog import cache
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform
from urbangrid.demo import accounts as demo_accounts
from urbangrid.demo import assisting, day, handing, hard_cases, looking_back, lying, month, rosters, schooling, showing, texts, town
from urbangrid.demo.agenda import Agenda
from urbangrid.grids.models import Division, Road, UnitGrid
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Unit

REPORTS = 60
"""Reports of the last day that are played step by step, with every special story among them; the months bring the others."""


DEFAULT = "a"


def ensure(
    letter: str = "", reports: int = REPORTS, scale: float = town.SCALE, seed: int = town.SEED, *, months: bool = True,
    at: dt_time | None = None,
) -> None:
    """Make the city under that model when the database has no platform yet; a city that stands gets its passwords checked and nothing
    else, and says so where another model was asked for. ``at``: the demonstration clock's time of day; it is set for a new city alone."""
    if not Platform.objects.exists():
        if at is not None:
            _put_clock(at)
        build(reports, letter or DEFAULT, scale, seed, months=months)
    elif at is not None:
        _tell(_("演示城市已经建好，时钟没有改动。要从这个时刻重新开始，请停止平台后运行 %(command)s")
              % {"command": f"./urbangrid demo reset --clock {at:%H:%M}"})
    standing = _model_of_the_city()
    if standing:
        if letter and letter != standing:
            command = f"./urbangrid demo reset --model {letter}"
            words = _("演示城市已按模式 %(standing)s 建立，没有改动。要换模式请运行 %(command)s")
            _tell(words % {"standing": standing, "command": command})
        demo_accounts.give_passwords(demo_accounts.data_folder())


def _put_clock(at: dt_time) -> None:
    moment = showing.put_clock(demo_accounts.data_folder(), at)
    _tell(_("演示时钟：%(at)s（本机时间 %(machine)s）") % {
        "at": f"{localtime(moment):%Y-%m-%d %H:%M}", "machine": f"{localtime(clock.machine()):%Y-%m-%d %H:%M}",
    })  # fmt: skip


def _model_of_the_city() -> str:
    """Letter of the model that the made city stands under; empty where there is none."""
    platform = Platform.objects.filter(code=town.CODE).first()
    return str(platform.settings.get("model", "model_a")).removeprefix("model_") if platform else ""


@transaction.atomic
def build(
    reports: int = REPORTS, letter: str = DEFAULT, scale: float = town.SCALE, seed: int = town.SEED, *, months: bool = True
) -> None:
    """The city, its shifts, its months and its last day (none of them at 0 reports), in one transaction: a broken-off start leaves nothing
    half made. ``months``: without them there is the last day alone."""
    now = clock.now()
    made = town.build(_tell, town.since(now), f"model_{letter}", scale=scale, seed=seed)
    texts.bring_in(made.platform, now, _tell)
    schooling.hold(made.platform, now, _tell)
    if not reports:
        return
    today = day.begin(made, now)
    since = _live(made, today, scale, seed, besides=reports) if months else None
    day.play(today, reports, _tell, since=since)
    assisting.play(today)
    hard_cases.play(today, _tell)
    handing.play(today)


def _live(made: town.Town, today: day.Day, scale: float, seed: int, *, besides: int) -> datetime | None:
    """Shifts and months with the papers of the last days; the last hour of these papers, which reports of the day come after."""
    planned = rosters.Rosters(today.named("guanli"), _planners(made, today), today.now)
    planned.fill()
    lived = month.read(made.platform, scale, today.now, seed)
    hours: Sequence[looking_back.Hour] = ()
    if lived is not None:
        agenda = Agenda()
        hours = looking_back.hours(planned.today, made.platform.zone)
        papers = looking_back.Papers(today, planned, lying.Lying(lived, today, agenda), agenda, hours)
        month.play(lived, _tell, besides=besides, looks=papers)
        papers.catch_up(today.now)
        lying.tell_of(lived, _tell)
        papers.tell_of(_tell)
    else:
        planned.sign(today.now)
    planned.tell_of(_tell)
    return hours[-1].at if hours else None


def _planners(made: town.Town, today: day.Day) -> list[Acting]:
    rows = Appointment.objects.filter(platform=made.platform, post__duties__contains=["roster"]).order_by("unit__code", "pk")
    return [today.acting(pk) for pk in rows.values_list("pk", flat=True)]


def make(args: argparse.Namespace) -> int:
    """``demo make --scale N --seed S [--model M] [--reports N]``: the city in an empty database; 2 where another one or a real platform
    stands. A city of that size and seed that stands is left alone."""
    letter = args.model or DEFAULT
    if is_real():
        print(_("这里有正式平台的数据，演示城市只建在空的数据库里，没有改动。"))
        return 2
    if Platform.objects.exists():
        return _as_it_stands(args.scale, args.seed, args.model or _model_of_the_city())
    began = time.monotonic()
    build(args.reports, letter, args.scale, args.seed, months=getattr(args, "months", True))
    built = time.monotonic() - began
    ensure()
    _count(built)
    return 0


def _as_it_stands(scale: float, seed: int, letter: str) -> int:
    """0 where the standing city is the one asked for."""
    platform = Platform.objects.get(code=town.CODE)
    if (*made_from(platform), _model_of_the_city()) == (scale, seed, letter):
        print(_("这座演示城市已经建好，没有改动。"))
        _count(None)
        return 0
    standing_scale, standing_seed = made_from(platform)
    command = f"./urbangrid demo reset --scale {scale:g} --seed {seed} --model {letter}"
    words = _("已有一座演示城市（规模 %(scale)s，种子 %(seed)s），没有改动。要换请运行 %(command)s")
    print(words % {"scale": f"{standing_scale:g}", "seed": standing_seed, "command": command})
    return 2


def is_real() -> bool:
    """Whether a platform stands here that is neither the made city nor a district of it."""
    return Platform.objects.exclude(code=town.CODE).exclude(parent__code=town.CODE).exists()


def made_from(platform: Platform | None) -> tuple[float, int]:
    """Scale and seed of the standing city."""
    made = platform.settings.get("demonstration", {}) if platform else {}
    return float(made.get("scale", town.SCALE)), int(made.get("seed", town.SEED))


COUNTED: tuple[tuple[type[models.Model], dict[str, object], object], ...] = (
    (Division, {"level": "subdistrict"}, gettext_lazy("街道")), (Division, {"level": "community"}, gettext_lazy("社区")),
    (UnitGrid, {}, gettext_lazy("单元网格")), (Road, {}, gettext_lazy("道路")), (DoorNumber, {}, gettext_lazy("门牌")),
    (Building, {}, gettext_lazy("建筑物")), (Landmark, {}, gettext_lazy("标志物")),
    (Unit, {"kind__in": ("department", "company")}, gettext_lazy("专业部门和企业")), (Unit, {"kind": "crew"}, gettext_lazy("班组")),
    (Appointment, {"post__desk": "inspector"}, gettext_lazy("监督员")), (Appointment, {"post__desk": "seat"}, gettext_lazy("坐席")),
)  # fmt: skip


def _count(seconds: float | None) -> None:
    """What stands, counted in the tables, and how long it took."""
    for model, fields, word in COUNTED:
        print(f"  {word} {model._default_manager.filter(platform__code=town.CODE, **fields).count():,}")
    if seconds is not None:
        print(_("演示城市已建立，用时 %(seconds)s 秒") % {"seconds": f"{seconds:.1f}"})


def _tell(line: str) -> None:
    print(f"  {line}", flush=True)


def reset(args: argparse.Namespace, reports: int = REPORTS) -> int:
    """Throw the made city away and make it anew; refused where a real platform stands."""
    letter = getattr(args, "model", None) or _model_of_the_city() or DEFAULT
    standing = made_from(Platform.objects.filter(code=town.CODE).first())
    scale, seed = (getattr(args, name, None) or was for name, was in zip(("scale", "seed"), standing, strict=True))
    if is_real():
        print(_("这里有正式平台的数据，演示重置只用于演示城市，没有改动。"))
        return 2
    began = time.monotonic()
    if (at := getattr(args, "clock", None)) is not None:
        _put_clock(at)
    with transaction.atomic():
        _empty()
        build(reports, letter, float(scale), int(seed), months=getattr(args, "months", True))
    outside.set_aside()  # the record that they speak of is thrown away on purpose
    ensure()
    print(_("演示城市已重建，用时 %(seconds)s 秒") % {"seconds": round(time.monotonic() - began)})
    return 0


KEPT = ("django_migrations", "django_content_type", "spatial_ref_sys")


def _empty() -> None:
    """Empty every table of the platform's own packages; TRUNCATE does not fire the trigger that keeps records unchanged."""
    tables = [
        model._meta.db_table for config in apps.get_app_configs() if config.name.startswith("urbangrid.") for model in config.get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(sorted(set(tables) - set(KEPT)))}, django_session CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # what is written in bulk afterwards names rows that follow it
    cache.changed()
    platforms.forget()
    organizations.forget()
    demo_accounts.offered.cache_clear()
