"""Names of the made town: units, people, who disposes of what. Nobody here is a real person."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from urbangrid.organizations.installing import Body

DEPARTMENTS = (
    Body("D01", "市政设施管理所", "市政设施所", "office", "5550-6201"),
    Body("D02", "园林绿化管理所", "园林所", "office", "5550-6208"),
    Body("D03", "环境卫生管理所", "环卫所", "seven_day", "5550-6215"),
    Body("D04", "路灯管理所", "路灯所", "office", "5550-6222"),
    Body("D05", "交警大队", "交警大队", "seven_day", "5550-6229"),
    Body("D06", "城管执法文昌中队", "文昌中队", "seven_day", "5550-6236"),
    Body("D07", "城管执法东门中队", "东门中队", "seven_day", "5550-6243"),
    Body("D08", "城管执法滨河中队", "滨河中队", "seven_day", "5550-6250"),
    Body("D09", "河道管理所", "河道所", "office", "5550-6257"),
    Body("D10", "房产管理中心", "房管中心", "office", "5550-6264"),
    Body("D11", "应急管理局", "应急局", "office", "5550-6271"),
    Body("D12", "生态环境局", "环境局", "office", "5550-6278"),
    Body("D13", "民政局", "民政局", "office", "5550-6285"),
)
COMPANIES = (
    Body("C01", "青澜供水有限公司", "供水公司", "office", "5550-7101"),
    Body("C02", "青澜排水有限公司", "排水公司", "office", "5550-7108"),
    Body("C03", "青澜燃气有限公司", "燃气公司", "office", "5550-7115"),
    Body("C04", "青澜供热有限公司", "供热公司", "office", "5550-7122"),
    Body("C05", "青澜供电公司", "供电公司", "office", "5550-7129"),
    Body("C06", "青澜通信运维公司", "通信公司", "office", "5550-7136"),
    Body("C07", "青澜公交公司", "公交公司", "office", "5550-7143"),
)

ROUTES: tuple[tuple[str, str], ...] = (
    ("上水 供水 自来水 消火栓 给水 消防", "C01"),
    ("污水 雨水 排水 下水 雨篦 雨箅 化粪", "C02"),
    ("燃气 天然气 液化气 加气 调压", "C03"),
    ("热力 供热 热水 蒸汽", "C04"),
    ("电力 输配电 变压 高压 供电 电杆 立杆", "C05"),
    ("通信 通讯 电话 网络 电视 信息亭 邮", "C06"),
    ("公交 站亭 候车 出租", "C07"),
    ("油烟 噪音 噪声 河道污染", "D12"),
    ("乞讨 流浪", "D13"),
    ("路灯 照明 灯 夜景 亮化", "D04"),
    ("树 绿地 花 草 园 古树 雕塑 座椅 喷灌 绿化 苗 行道", "D02"),
    ("垃圾 道路不洁 遗撒 公厕 厕所 果皮 保洁 粪 尸体 积雪 环卫 卫生 清运 焚烧 水域 油污", "D03"),
    ("交通 信号 停车 护栏 隔离 标线 机动车 岗亭 道路名牌 停放", "D05"),
    ("河 堤 湖 桥 涵", "D09"),
    ("房 楼 建筑 外立面", "D10"),
    ("危险 事故 爆 火灾 安全 群体", "D11"),
)
"""Words of a class name and the unit that disposes of it; the first that fits counts."""
ENFORCEMENT_MAJORS = ("宣传广告", "街面秩序", "施工管理")
ENFORCEMENT = ("D06", "D07", "D08")
"""Squads of enforcement of the first sub-districts, in their order; further ones are made with the area (people.py)."""
SHARED = {"工地扬尘": (("D03", "道路扬尘、渣土遗撒"), ("D10", "房屋修缮工地"))}
"""Classes that enforcement shares with others, with the rule of the table in words; no unit is 主责, so that a visitor sees a choice."""
REGISTER = {"C01": "water", "C03": "gas", "C04": "heating", "C05": "power"}
"""Companies of the register and their kinds; the others are in the responsibility table alone."""
DEFAULT_UNIT = "D01"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the town: account, name, post and unit codes, community number for an inspector."""

    account: str
    name: str
    post: str
    unit: str
    area: int | None = None


STAFF: tuple[Person, ...] = (
    Person("limin", "李敏", "seat_agent", "SUP"),
    Person("zhaoqian", "赵倩", "seat_agent", "SUP"),
    Person("sunyue", "孙悦", "seat_agent", "SUP"),
    Person("chenliguo", "陈立国", "duty_director", "SUP"),
    Person("xuting", "徐婷", "duty_director", "SUP"),
    Person("shenwei", "沈巍", "head", "SUP"),
    Person("wangfang", "王芳", "dispatcher", "CMD"),
    Person("mazhen", "马臻", "dispatcher", "CMD"),
    Person("fengbo", "冯波", "command_director", "CMD"),
    Person("luyuan", "陆远", "command_head", "CMD"),
    Person("qiaolan", "乔岚", "coordinator", "COORD"),
    Person("yanwen", "严文", "policy_officer", "LAW"),
    Person("gaojian", "高健", "leader", "CENTRE"),
    Person("guanli", "管理", "system_admin", "CENTRE"),
    Person("anquan", "安泉", "security_admin", "CENTRE"),
    Person("shenji", "申纪", "audit_admin", "CENTRE"),
)
CLERKS = {
    "D01": "刘静", "D02": "韩梅", "D03": "吴斌", "D04": "潘亮", "D05": "高远", "D06": "丁锐", "D07": "罗刚", "D08": "许可", "D09": "江涛",
    "D10": "方圆", "D11": "牛力", "D12": "安澜", "D13": "温晓",
    "C01": "孙丽", "C02": "方敏", "C03": "许宁", "C04": "白露", "C05": "田勇", "C06": "童欣", "C07": "郭顺",
}  # fmt: skip
COMPANY_HEADS = {"C02": "汤博"}
"""By the company's code: 企业负责人 beside the clerk."""
CREWS = (
    ("D01-1", "道路养护站", "station", "D01", "station_clerk", "邹敏"),
    ("D01-11", "道路一班", "crew", "D01-1", "crew_member", "史强"),
    ("D01-2", "井盖班", "crew", "D01", "crew_member", "龙飞"),
    ("C02-1", "疏通一班", "crew", "C02", "company_crew", "侯亮"),
)
"""Units below the others: code, name, kind, the unit above, the post there and who holds it."""
INSPECTORS = (
    "周航", "何雨", "马骁", "陈芳", "邓佳", "罗燕", "苏晴", "贺磊", "蒋欣", "秦朗", "尹哲", "姚琳",
    "田野", "沈括", "梅寒", "洪亮", "顾盼", "谭笑", "叶青", "万里", "石磊", "江枫", "林泉", "方舟",
)  # fmt: skip
"""The first of the city; a larger one goes on with invented names (people.py)."""
LEADERS = ("刘洋", "卫东", "岳阳")
OFFICERS = ("童谣", "纪元", "丁香")
SHOWN = (
    ("limin", "headset", _("登记一通来电，三步立案")),
    ("chenliguo", "gavel", _("一页看全部红灯，审定、转市级")),
    ("shenwei", "edit", _("签发复杂案件")),
    ("wangfang", "route", _("照建议一键派遣，审核反馈")),
    ("fengbo", "list-check", _("看派遣积压，把难办的指定单位")),
    ("D01", "building", _("批量签收，反馈，看为什么算超时")),
    ("D01-2", "device-mobile", _("用手机打开：指派来的任务，拍照反馈")),
    ("C02", "building", _("只见本单位任务，无坐标、无来电人")),
    ("SD1", "map-pin", _("本辖区全部案件，边界件有标记")),
    ("leader1", "users", _("本分队辖区的案件")),
    ("inspector", "device-mobile", _("用手机打开：核实、核查、上报")),
    ("gaojian", "file-search", _("查一件案件卡在哪里")),
    ("guanli", "settings", _("单位、岗位、人员、类别手册")),
    ("anquan", "shield-lock", _("谁有什么权限")),
    ("shenji", "history", _("谁看过什么")),
)
"""Accounts offered at the sign-in: account (or role), icon, what to try."""
CALLERS = ("市民张某", "市民王某", "商户李某", "居民赵某", "家长孙某", "店主钱某")
"""Made-up callers; their numbers are of a range that is not given out (5550)."""
