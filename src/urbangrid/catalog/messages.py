"""The sentences of this package. Refusals and import faults are codes with values; only here are they words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import Sentence, declare

REFUSALS: Final[dict[str, Sentence]] = {
    "catalog.version_unknown": _("没有代码为 %(name)s 的类别目录。请先载入该目录。"),
    "catalog.category_unknown": _("类别目录中没有这一小类（%(name)s）。请从列表中重新选择类别。"),
    "catalog.condition_unknown": _("没有这一立案条件。请从该小类的立案条件中重新选择。"),
    "catalog.limit_missing": _("立案条件“%(problem)s”没有处置时限。请系统管理员在立案标准表中补上。"),
    "catalog.calendar_unknown": _("没有代码为 %(name)s 的工作日历。请系统管理员先建立该日历。"),
    "catalog.file_unreadable": _("类别目录文件 %(path)s 不能使用：%(reason)s。未写入任何数据。"),
    "catalog.staged_gone": _("这份表格已经导入，或上传已满一天。请重新选择文件。"),
    "catalog.table_moved_on": _("您查看之后，别人改动了这张表。请再看一遍变动后确认。"),
    "catalog.row_unknown": _("没有这一条，或已经停用。请回到责任清单重新选择。"),
    "catalog.row_missing": _("请填写%(label)s。"),
    "catalog.row_fault": _("%(column)s：%(said)s"),
    "catalog.main_taken": _("同一小类同一区域的主责已是%(unit)s。请先取消它的主责，或把本条改为非主责。"),
    "catalog.row_twice": _("清单中已有相同的一条（%(line)s）。请改动它，或停用后再增加。"),
    "catalog.row_day": _("生效日期不能早于今天：以前的派遣依据不改。请选今天或以后的日期。"),
    "catalog.company_unknown": _("企业名录中没有这家企业。请回到名录重新选择。"),
    "catalog.company_kind": _("没有这一类企业。请从列表中选择企业类型。"),
    "catalog.company_long": _("%(label)s不能超过 %(most)s 个字。"),
    "catalog.company_day": _("%(label)s不是日期，应如 2026-01-31。"),
    "catalog.company_days": _("合同的终止日期早于起始日期。请核对。"),
    "catalog.no_file": _("没有选择文件。请选择 .xlsx 文件后再导入。"),
}
declare(REFUSALS)

FAULTS: Final[Mapping[str, Sentence]] = {
    "not_xlsx": _("文件不是 .xlsx 表格。请在 WPS 或 Excel 中另存为 .xlsx 后再导入。"),
    "too_large": _("文件超过 %(limit)s MB 或内容异常膨胀。请只保留需要的工作表后再导入。"),
    "too_many_rows": _("超过 %(limit)s 行。请分成几个文件导入。"),
    "empty": _("没有数据行。请在表头下填写内容。"),
    "sheet_missing": _("没有名为“%(sheet)s”的工作表。请以导出的表格为样式填写。"),
    "column_missing": _("表头缺少这一列。请以导出的表格为样式填写。"),
    "column_twice": _("表头中这一列出现了两次。请删去一列。"),
    "required": _("不能为空。"),
    "too_long": _("超过 %(limit)s 个字，现有 %(found)s 个。"),
    "not_a_number": _("“%(value)s”不是正整数。"),
    "formula": _("单元格是公式且没有结果。请改成数值或文字。"),
    "kind_unknown": _("“%(value)s”不是类型，应为部件、事件或服务。"),
    "unit_unknown": _("“%(value)s”不是时限单位，应为紧急工作时、工作时、工作日或日。"),
    "code_form": _("小类代码“%(value)s”应为 4 位数字。"),
    "code_standard": _("目录中没有 %(kind)s %(code)s。标准大类的代码不能增改，本地小类请用 21 至 99 大类或各大类 99 以下倒编的代码。"),
    "name_differs": _("%(kind)s %(code)s 在目录中是“%(expected)s”，表中写作“%(found)s”。请核对代码或名称。"),
    "texts_differ": _("同一小类同一问题的立案条件或结案条件与第 %(row)s 行不同。请改成一致。"),
    "limit_twice": _("与第 %(row)s 行的区域等级和保障时段相同。请删去一行。"),
    "case_limit_short": _("案件总时限 %(found)s 小于处置时限 %(limit)s。"),
    "grade_form": _("区域等级“%(value)s”应为 1 至 4，或不填表示各级通用。"),
    "choice_unknown": _("“%(value)s”不在可填的内容里，应为：%(offered)s。"),
    "number_form": _("“%(value)s”不是号码，只能有数字、连字符，最多 20 位。"),
    "code_of_source": _("来源代码“%(value)s”应为小写字母、数字和下划线，最多 20 位。"),
    "value_needs_unit": _("填了数值就要填单位，填了单位就要填数值。"),
    "source_unknown": _("没有代码或名称为“%(value)s”的来源。请先在“来源”表中增加。"),
    "unit_name_unknown": _("没有名为“%(value)s”的单位。请填写现有单位的名称。"),
    "transfer_missing": _("尚未并入的热线须填转接号码。"),
    "day_form": _("“%(value)s”不是日期，应如 2026-01-31。"),
    "days_turned": _("“%(value)s”早于开始的日期。"),
    "classes_form": _("“%(value)s”不是小类，应如 事件0304，多个之间用顿号。"),
    "main_form": _("“%(value)s”应为“是”，或不填。"),
    "roads_form": _("“%(value)s”不是道路等级，应为快速路、主干路、次干路、支路、街巷或非道路，多个之间用顿号。"),
    "weekdays_form": _("“%(value)s”不是星期，应如 一至五 或 六、日。"),
    "hours_form": _("“%(value)s”不是时段，应如 22:00-06:00。"),
    "main_twice": _("同一小类同一区域，第 %(row)s 行也填了主责。主责只能有一个单位。"),
    "entry_twice": _("与第 %(row)s 行重复。请删去一行。"),
    "class_unknown": _("目录中没有%(kind)s小类 %(code)s。请核对代码；本地小类须先在立案标准表中增加。"),
    "step_unknown": _("没有“%(value)s”这个步骤。可用的步骤：%(offered)s。"),
    "steps_order": _("步骤的次序不对或有重复，应按：%(order)s。"),
    "steps_missing": _("缺少每件案件都要有的步骤：%(missing)s。"),
    "steps_foreign": _("现行流程“%(name)s”里没有这些步骤：%(value)s。"),
    "steps_faulty": _("按这些步骤走不通：%(said)s"),
    "unit_missing": _("没有名为“%(value)s”的单位。请填写现有单位的名称或简称，或先建立该单位。"),
    "division_unknown": _("没有名为“%(value)s”的街道或社区。请填写区划代码或现有名称。"),
    "division_unclear": _("“%(value)s”有 %(count)s 处同名区划。请填写区划代码。"),
}
"""Faults of an imported spreadsheet, by code; `spreadsheets.Fault` adds sheet, row and column."""
