"""What ``audit verify`` says of faults of the log, and under which kind it counts them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ALTERED, MISSING, CUT_OFF = "altered", "missing", "cut_off"
KINDS = {ALTERED: _("改动"), MISSING: _("缺失"), CUT_OFF: _("截断")}

WAYS = {"backup": _("由备份恢复"), "upgrade": _("升级复原")}
"""How older data came back."""

LOG_FAULTS = {
    "row_altered": (ALTERED, _("封存之后被改动，或编号、位置与封存时不同")),
    "row_missing": (MISSING, _("已封存，但记录不在了")),
    "unlogged": (ALTERED, _("没有封存，却排在已封存的位置上：事后插入，或封存的叶子被换掉")),
    "file_erased": (MISSING, _("照片没有了，审计中没有清除它的记录")),
    "contact_erased": (MISSING, _("来报人信息没有了，审计中没有清除它的记录")),
    "leaf_missing": (MISSING, _("日志中这些叶子不在了")),
    "node": (ALTERED, _("证明用的中间摘要与叶子不符")),
    "frontier": (ALTERED, _("日志的状态与叶子不符")),
    "root": (ALTERED, _("树头的根与叶子不符，不符之处在括号内的叶子中")),
    "head_altered": (ALTERED, _("数据库中的树头被改动")),
    "head_signature": (ALTERED, _("数据库中的树头签名无效")),
    "head_chain": (MISSING, _("数据库中的树头与前一个不相接")),
    "head_missing": (MISSING, _("库外有此树头，数据库中没有")),
    "log_cut_off": (CUT_OFF, _("日志的叶子比树头所说的少")),
    "abandoned": (CUT_OFF, _("这个树头的记录已被放弃：平台恢复到了旧数据，只与括号内前一个条数以前的相同；是否应当恢复，请查证")),
    "log_rewritten": (ALTERED, _("与库外树头不符：这个树头之前的记录被整体改写，改写处在括号内的叶子中")),
    "outside_line": (ALTERED, _("树头文件的这一行读不懂")),
    "outside_chain": (MISSING, _("树头文件的这一行与上一行不相接")),
    "outside_signature": (ALTERED, _("树头文件这一行的签名无效")),
    "outside_log": (ALTERED, _("树头文件的这一行属于另一个日志")),
    "stamp": (ALTERED, _("树头的时间戳不对")),
}
"""Kind and sentence by code."""
