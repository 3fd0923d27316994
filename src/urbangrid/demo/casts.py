"""Who sits where in the made city under each organisational model. The same people, so that models can be compared; nobody is real.

Accounts keep their part: 李敏, 赵倩 and 孙悦 take reports, 陈立国 answers for the day, 王芳 and 马臻 dispatch.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from urbangrid.demo import names
from urbangrid.demo.names import Person


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a model. ``inspectors``: post and unit code of the first and of the second inspector of each community; an empty
    code means the squad of her sub-district, ``COMM`` the community's own unit. ``director``: who gives inspectors their orders."""

    platform: str
    staff: tuple[Person, ...]
    shown: tuple[tuple[str, str, str], ...]
    inspectors: tuple[tuple[str, str], tuple[str, str]] = (("inspector", ""), ("inspector", ""))
    director: str = "SUP"
    districts: tuple[tuple[str, str], ...] = (("青澜区", "青澜"),)
    """Name and short name of each; more than one is a tenant each (model D). Which sub-districts it has: ``places.district_of``."""


def _shown(*left_out: str, **other: str) -> tuple[tuple[str, str, str], ...]:
    """Accounts offered at the sign-in: those of model A with another sentence where the part is another."""
    return tuple((key, icon, other.get(key, sentence)) for key, icon, sentence in names.SHOWN if key not in left_out)


def _staff(*rows: str) -> tuple[Person, ...]:
    """``account name post unit`` each."""
    return tuple(Person(account, name, post, unit) for account, name, post, unit in map(str.split, rows))


B = Cast(
    "青澜区城市管理监督中心",
    _staff(
        "limin 李敏 seat_agent SUP", "zhaoqian 赵倩 seat_agent SUP", "sunyue 孙悦 seat_agent SUP", "chenliguo 陈立国 duty_director SUP",
        "xuting 徐婷 duty_director SUP", "shenwei 沈巍 supervision_leader SUP", "qiaolan 乔岚 video_operator SUP",
        "wangfang 王芳 dispatcher CMD", "mazhen 马臻 dispatcher CMD", "fengbo 冯波 command_director CMD", "luyuan 陆远 command_leader CMD",
        "yanwen 严文 evaluator EVAL", "ninghe 宁和 policy_officer LEGAL", "gaojian 高健 leader SUP", "yewu 叶武 business_admin SUP",
        "guanli 管理 system_admin INFO", "anquan 安泉 security_admin INFO", "shenji 申纪 audit_admin EVAL",
    ),
    (
        *_shown(
            limin=_("登记一通来电，提请立案"), chenliguo=_("审定立案，一页看全部红灯"), shenwei=_("看全区案件和卡在哪里"),
            guanli=_("单位、岗位、人员"),
        ),
        ("xieguan1", "device-mobile", _("用手机打开：协管队员上报，办街道指派的小事")),
        ("yewu", "notebook", _("类别手册、责任清单、法规库")), ("yanwen", "scale", _("评判部门的申诉")),
    ),
)  # fmt: skip
C = Cast(
    "青澜市城市网格化管理监督指挥中心",
    _staff(
        "limin 李敏 seat_agent CENTRE", "zhaoqian 赵倩 seat_agent CENTRE", "sunyue 孙悦 seat_agent CENTRE",
        "chenliguo 陈立国 duty_director CENTRE",
        "wangfang 王芳 dispatcher CENTRE", "mazhen 马臻 dispatcher CENTRE", "gaojian 高健 leader CENTRE",
        "guanli 管理 system_admin CENTRE", "anquan 安泉 security_admin CENTRE", "shenji 申纪 audit_admin CENTRE",
    ),
    _shown("shenwei", "fengbo", "SD1", "leader1", limin=_("受理、立案、发核查、结案"), chenliguo=_("一页看全部红灯，更正、作废")),
    inspectors=(("inspector", "CENTRE"), ("part_time_inspector", "COMM")), director="CENTRE",
)  # fmt: skip
E = Cast(
    "青澜区城市管理监督中心",
    _staff(
        "limin 李敏 seat_agent SUP", "zhaoqian 赵倩 seat_agent SUP", "sunyue 孙悦 seat_agent SUP", "chenliguo 陈立国 duty_director SUP",
        "shenwei 沈巍 head SUP", "wangfang 王芳 dispatcher CMD", "mazhen 马臻 dispatcher CMD", "fengbo 冯波 command_director CMD",
        "luyuan 陆远 command_head CMD", "gaojian 高健 leader SUP", "guanli 管理 system_admin SUP", "anquan 安泉 security_admin SUP",
        "shenji 申纪 audit_admin SUP",
    ),
    _shown("SD1", limin=_("受理、立案、发核查、结案"), chenliguo=_("一页看全部红灯，更正、作废"), shenwei=_("看全区案件和卡在哪里")),
)  # fmt: skip
D = Cast(
    "青澜市城市管理监督指挥中心",
    _staff(
        "limin 李敏 seat_agent CITY", "zhaoqian 赵倩 seat_agent CITY", "sunyue 孙悦 seat_agent CITY", "chenliguo 陈立国 duty_director CITY",
        "wangfang 王芳 dispatcher CITY", "mazhen 马臻 dispatcher CITY", "fengbo 冯波 command_director CITY", "qiaolan 乔岚 assessor CITY",
        "gaojian 高健 leader CITY", "guanli 管理 system_admin CITY", "anquan 安泉 security_admin CITY", "shenji 申纪 audit_admin CITY",
    ),
    (
        *_shown("shenwei", "SD1", "leader1", limin=_("受理、立案、发核查、结案"), chenliguo=_("一页看全部红灯，更正、作废"),
                wangfang=_("属地优先，派给区级或市级单位"), guanli=_("单位、岗位、人员，区级平台")),
        ("qupaiqian1", "route", _("区级：派给本区单位，退回市级")), ("q1d01", "building", _("区级单位：签收、反馈")),
    ),
    inspectors=(("inspector", "CONTR"), ("inspector", "CONTR")), director="CITY",
    districts=(("青澜区", "青澜"), ("云湖区", "云湖")),
)  # fmt: skip
DISTRICT_STAFF = (
    (("dispatcher", "qupaiqian1", "卢迪"), ("head", "quzhiban1", "孟川")),
    (("dispatcher", "qupaiqian2", "程曦"), ("head", "quzhiban2", "鲁南")),
)
"""Post, account and name in each district's command centre."""
DISTRICT_CLERKS = (
    {"D01": "范舟", "D03": "柯蓝", "D06": "章越"},
    {"D01": "钟灵", "D03": "季风", "D06": "路平"},
)
"""Of the departments that each district has of its own: roads, cleaning, enforcement."""
CASTS = {"model_a": Cast("青澜市城市管理监督指挥中心", names.STAFF, names.SHOWN), "model_b": B, "model_c": C, "model_d": D, "model_e": E}
