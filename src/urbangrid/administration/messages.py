"""Sentences of the administration's forms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "admin_missing": _("请填%(label)s。"),
        "admin_too_long": _("%(label)s最多 %(most)s 个字，请改短。"),
        "admin_choice": _("请在列表中选择%(label)s。"),
        "admin_day": _("%(label)s请按 2026-11-20 的样式填写。"),
        "delivery_gone": _("这一条已经送达，不用再试。"),
        "job_gone": _("这项作业已不在失败之列，不用再试。"),
        "job_waits": _("作业 %(name)s 已在排队，等它完成即可。"),
        "trail_too_long": _("符合条件的有 %(count)s 行，一次最多导出 %(most)s 行。请按日期分次导出。"),
        "setting_range": _("%(label)s须是 %(least)s 到 %(most)s 的整数。"),
        "setting_unknown": _("没有这一项设置，请刷新页面。"),
        "idle_wrong": _("%(label)s须在 %(least)s 到 %(most)s 分钟之间。"),
        "administrators_exist": _("已经有管理员（%(name)s），没有再建。其他账号请由系统管理员在“人员”里建立。"),
        "establishment_missing": _("%(platform)s的组织模式没有规定编制数，没有建账号。请在“人员”里逐个建立，或用样表导入。"),
        "platform_names_missing": _("还没有平台，请写明 --code（行政区划代码）、--name（中心全称）、--short-name（案卷号前的简称）。"),
        "device_hours_wrong": _("%(label)s须在 1 到 %(most)s 之间。"),
        "admin_instant": _("生效时刻请按 2026-11-20T08:00 的样式填写，或不填表示立即生效。"),
        "admin_past": _("生效时刻已过。请填以后的时刻，或不填表示立即生效。"),
        "process_not_simulated": _("草稿还有错误，不能模拟。请先改好下面列出的各处。"),
        "account_elsewhere": _("%(name)s在%(platform)s也有任职，账号由那边管理；本平台可以任免本平台的岗位。"),
        "training_only": _("这里不是培训副本，没有可以复原的练习数据。正式平台的数据只能由系统管理员从备份恢复。"),
        "training_unconfirmed": _("没有复原：请先勾选“我知道……”，再按“复原”。"),
        "installation_only": _("这一页属于整套平台的运行，由市级系统管理员使用。"),
        "file_unreadable": _("文件“%(file)s”打不开：%(fault)s。没有开通。"),
        "district_not_in_model": _("本平台的组织模式没有区级平台；一级监督、两级指挥（模式 d）的市级平台才能开通。"),
        "district_taken": _("%(name)s已经开通了区级平台，请在下面的列表中查看。"),
        "district_division_unknown": _("没有代码为“%(code)s”的区（县），请先导入区划。"),
        "district_post_unknown": _("%(name)s的岗位“%(post)s”或单位“%(unit)s”不在本区，请对照样表填写。没有开通。"),
        "sheet_faulty": _("表格有 %(count)s 处须改，没有开通：%(faults)s"),
        "admin_unknown": _("没有这一项，或不属于本平台。"),
    }
)
