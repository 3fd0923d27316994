"""The sentences of this package: what happened and what to do. Refusals and import faults are codes with values; only
here are they words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import Sentence, declare

REFUSALS: Final[dict[str, Sentence]] = {
    "grids.file_missing": _("找不到文件 %(path)s。请检查路径后重新导入，未写入任何数据。"),
    "grids.file_unreadable": _("文件 %(path)s 无法读取：%(reason)s。请换成 GeoJSON、Shapefile 或 UTF-8 编码的 CSV，未写入任何数据。"),
    "grids.mapping_unreadable": _("对照文件 %(path)s 不是有效的 TOML：%(reason)s。请改正后重新导入，未写入任何数据。"),
    "grids.mapping_incomplete": _(
        "对照文件 %(path)s 缺少 %(key)s 或其值不对。请参照 docs/examples/beijing-subdistricts.toml 补上，未写入任何数据。"
    ),
    "grids.no_layer_fits": _("对照文件中没有一种图层与 %(path)s 的属性（%(properties)s）相符。请在 [[layers]] 中补充，未写入任何数据。"),
    "grids.column_missing": _("代码表 %(path)s 没有“%(column)s”列。请改正对照文件中的列名，未写入任何数据。"),
    "grids.no_crs": _("%(path)s 没有注明坐标系。请在对照文件 [source] 中写明 crs，未写入任何数据。"),
    "grids.platform_unclear": _("有 %(count)s 个平台（%(codes)s）。请用 --platform 指明代码。"),
    "grids.platform_unknown": _("没有代码为 %(number)s 的平台。请用 --platform 指明：%(codes)s。"),
    "grids.no_division": _("没有可划分网格的区划。请先导入带边界的区划：./urbangrid import divisions。"),
    "grids.size_wrong": _("网格边长 %(size)s 米不可用，应在 %(least)s 米到 %(most)s 米之间。请改正后重新生成。"),
    "grids.serials_exhausted": _(
        "%(name)s（%(number)s）的网格编码用完，还差 %(needed)s 个单元网格没有编码。请加大网格边长，或先导入社区边界；未写入任何数据。"
    ),
    "grids.cell_outside": _("第 %(row)s 个网格图形不在任何已有边界的社区或街道内。请改正图形后重新导入，未写入任何数据。"),
    "grids.cell_invalid": _("第 %(row)s 个网格图形的边界有误：%(reason)s。请改正图形后重新导入，未写入任何数据。"),
    "grids.cells_overlap": _("第 %(row)s 个与第 %(other)s 个网格图形重叠 %(area)s 平方米。请改正图形后重新导入，未写入任何数据。"),
    "grids.code_wrong": _("代码“%(number)s”不符合%(level)s代码的格式。请改正后重试。"),
    "grids.parent_wrong": _("“%(name)s”（%(level)s）的上级级别不对。请选择上一级区划后重试。"),
    "grids.code_taken": _("代码“%(number)s”已被使用，编码不得重复使用。请换一个代码。"),
    "grids.grade_wrong": _("区域等级应为 1 到 4，不能是 %(grade)s。请改正后重试。"),
    "grids.geometry_wrong": _("“%(name)s”的图形不可用：%(reason)s。请改正后重试。"),
    "grids.cells_unknown": _("有 %(count)s 个单元网格不存在或已停用。请刷新后重新选择。"),
}

FAULTS: Final[dict[str, Sentence]] = {
    "ring": _("边界自相交，位置 %(place)s；未载入。请在制图软件中改正这一处后重新导入"),
    "invalid": _("边界有误（%(reason)s）；未载入。请在制图软件中改正后重新导入"),
    "no_geometry": _("没有图形；未载入。请补绘边界后重新导入"),
    "not_polygon": _("图形不是面而是 %(kind)s；未载入。请换成面状边界后重新导入"),
    "out_of_range": _("坐标 %(place)s 超出经纬度范围；未载入。请检查坐标系后重新导入"),
    "no_name": _("没有名称；未载入。请补填名称后重新导入"),
    "unknown_district": _("区县“%(district)s”不在代码表中；未载入。请核对区县名称或代码后重新导入"),
    "duplicate": _("与%(other)s重复（%(code)s）；未载入。请删去其中一个后重新导入"),
    "no_code": _("无代码：代码表中没有这个名称，已载入并给暂用代码 %(code)s。取得正式代码后请重新导入"),
    "no_code_refused": _("无代码：代码表中没有这个名称；未载入。请补充代码表或在对照文件中写明名称差异后重新导入"),
    "no_code_left": _("无代码，暂用代码也已用完；未载入。请向民政部门取得正式代码后重新导入"),
    "code_not_in_table": _("代码 %(code)s 不在代码表中，已按原代码载入。请核对代码表"),
    "name_differs": _("图形名称与代码表不同，已采用代码表的“%(name)s”（%(code)s）。如不对请修改对照文件"),
    "no_polygon": _("代码表中有、图形中没有，已载入但无边界（%(code)s）。取得边界后请重新导入"),
    "overlap": _("与%(other)s重叠 %(area)s 平方米，已载入。请核对两者的边界，改正后重新导入"),
    "bad_code": _("代码“%(code)s”应为 %(length)s 位数字；未载入。请改正代码表后重新导入"),
    "orphan": _("上级代码“%(parent)s”不存在；未载入。请改正代码表后重新导入"),
}


def declare_all() -> None:
    """Make the refusals of this package known to ``core.errors``."""
    declare(REFUSALS)


@dataclass(frozen=True, slots=True)
class Fault:
    """One row or feature of an import that needs a person. ``left_out``: it was not loaded; otherwise it was, and
    this is a notice.
    """

    place: str
    code: str
    left_out: bool
    values: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """One line in the reader's language: where, what, what to do."""
        kind = gettext("未载入") if self.left_out else gettext("提示")
        said = str(FAULTS[self.code]) % self.values
        return gettext("%(kind)s %(place)s：%(fault)s。") % {"kind": kind, "place": self.place, "fault": said}
