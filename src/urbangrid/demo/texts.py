"""The made city's 法规库: rules of 青澜市, brought in by who keeps them, their articles tied to classes. All of it is invented.

The texts stand in ``regulations``; one of them was revised, and its former version is made from the present one by ``former``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from urbangrid.catalog import queries as catalog
from urbangrid.catalog import regulations_writing
from urbangrid.catalog.regulations_writing import DocumentInputs
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment

FOLDER = Path(__file__).parent / "regulations"
KEEPERS = ("keep_law", "administer_business")
IN_FORCE = timedelta(days=21)
"""From the day on which a text is issued to the day from which it is in force."""


@dataclass(frozen=True, slots=True)
class Text:
    """``number``: with a place for the year; ``days``: ago, when it was issued; ``articles``: number and the classes that it applies to, by
    name. ``revised``: days ago; then ``former`` says what stood before where now the first words stand."""

    file: str
    title: str
    kind: str
    number: str
    issuer: str
    days: int
    articles: tuple[tuple[str, str], ...]
    revised: int = 0
    former: tuple[tuple[str, str], ...] = ()

    def words(self, *, before: bool = False) -> str:
        found = (FOLDER / f"{self.file}.txt").read_text(encoding="utf-8")
        for now, then in self.former if before else ():
            found = found.replace(now, then)
        return found


TEXTS = (
    Text(
        "urban_management", "青澜市城市管理办法（样例）", "rule", "青澜市人民政府令〔{}〕第6号", "青澜市人民政府", 390,
        (
            ("第五条第一款", "道路破损 路面塌陷"), ("第六条", "路灯 交通信号灯"), ("第七条", "交通护栏 公交站亭"),
            ("第八条", "施工占道 乱堆物堆料"), ("第九条", "店外经营"), ("第十条", "无照经营游商 占道经营"), ("第十一条", "机动车乱停放"),
            ("第十二条", "非法小广告"), ("第十三条", "暴露垃圾 道路不洁"), ("第十四条", "道路遗撒"), ("第十五条", "行道树"),
            ("第十六条", "绿地脏乱"),
        ),
        130,
        (
            ("同一案件因同一原因的延期以一次为限，情况特殊的可以再申请一次。\n", ""),
            ("在一个工作日内回复反映人，并征询其意见", "在三个工作日内回复反映人"),
            ("不得停放在人行道、绿地和消防通道上", "不得停放在人行道和绿地上"),
        ),
    ),
    Text(
        "responsibility_areas", "青澜市市容环境卫生责任区制度（样例）", "policy", "青城管发〔{}〕14号", "青澜市城市管理委员会", 340,
        (("第五条", "积存垃圾渣土"), ("第六条", "占道废品收购 门前三包 乱堆物堆料")),
    ),
    Text(
        "signs", "青澜市户外广告和招牌设置规范（样例）", "standard", "QLCG/T 03—{}", "青澜市城市管理委员会", 300,
        (("第二条", "违规牌匾标识 牌匾标识"), ("第五条", "违规户外广告"), ("第七条", "户外广告"), ("第八条", "非法小广告 街头散发广告")),
    ),
    Text(
        "covers", "青澜市井盖设施管理规定（样例）", "policy", "青政办发〔{}〕22号", "青澜市人民政府办公室", 260,
        (
            ("第五条第一款", "上水井盖 污水井盖 雨水井盖 电力井盖 通信井盖 热力井盖 燃气井盖"),
            ("第六条", "上水井盖 污水井盖 雨水井盖 电力井盖 通信井盖 热力井盖 燃气井盖"), ("第七条", "雨水箅子"),
        ),
    ),
    Text(
        "digging", "青澜市道路挖掘和占用管理规定（样例）", "policy", "青政办发〔{}〕31号", "青澜市人民政府办公室", 210,
        (("第二条", "无证掘路"), ("第四条", "施工占道 工地物料乱堆放 施工工地围挡问题"), ("第五条", "工地扬尘"), ("第六条", "道路破损")),
    ),
    Text(
        "inspectors", "监督员工作手册（样例）", "manual", "", "青澜市城市网格化管理监督指挥中心", 380,
        (("第八条", "暴露垃圾 非法小广告 机动车乱停放"),),
    ),
)


def bring_in(platform: Platform, now: datetime, tell: Callable[[str], None]) -> None:
    """All texts, each on the day from which it is in force, by the post that keeps them."""
    keeper = _keeper(platform)
    classes: dict[str, list[int]] = {}
    for option in catalog.category_options(platform.pk):
        classes.setdefault(option.name, []).append(option.id)
    for text in TEXTS:
        issued = now - timedelta(days=text.days)
        with clock.travel(issued + IN_FORCE):
            made = regulations_writing.publish(keeper, _inputs(text, keeper, issued, before=bool(text.revised)))
            for number, names in text.articles:
                regulations_writing.apply_to(keeper, made.row.pk, number, _named(classes, names))
        if text.revised:
            again = now - timedelta(days=text.revised)
            with clock.travel(again + IN_FORCE):
                regulations_writing.publish(keeper, _inputs(text, keeper, again), replaces=made.row.pk)
    tell(f"法规库 {len(TEXTS)} 篇，法规依据 {sum(len(text.articles) for text in TEXTS)} 条")


def _keeper(platform: Platform) -> Acting:
    """Who keeps the law here: the policy department, else the administrator of the business. Raises LookupError where nobody does."""
    rows = Appointment.objects.filter(platform=platform).select_related("user", "post", "unit", "platform").order_by("pk")
    for duty in KEEPERS:
        found = rows.filter(post__duties__contains=[duty]).first()
        if found is not None:
            return from_row(found)
    raise LookupError("nobody keeps the law")


def _inputs(text: Text, keeper: Acting, issued: datetime, *, before: bool = False) -> DocumentInputs:
    day = issued.astimezone(keeper.zone).date()
    return DocumentInputs(
        title=text.title, kind=text.kind, text=text.words(before=before), number=text.number.format(day.year), issuer=text.issuer,
        issued_on=day, valid_from=day + IN_FORCE,
    )  # fmt: skip


def _named(classes: dict[str, list[int]], names: str) -> Sequence[int]:
    """The ids of classes by their names. Raises KeyError for one that the catalogue has not."""
    return [one for name in names.split() for one in classes[name]]
