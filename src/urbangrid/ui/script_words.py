"""The words that scripts write into pages, so that they go through gettext like all others."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

WORDS = {
    "draft_kept": N_("已存草稿 {time}"),
    "too_much": N_("{length} / {most}，请删去 {over} 字"),
    "light_green": N_("正常"),
    "light_amber": N_("即将超时"),
    "light_red": N_("超时"),
    "hours_left": N_("{hours}时{minutes}分"),
    "days_left": N_("{days}天{hours}时"),
    "arrived": N_("新到 {count} 件"),
    "arrived_urgent": N_("新到 {count} 件，其中有紧急件"),
    "talked": N_("意见"),
    "located": N_("已定位，误差约 {metres} 米"),
    "located_outside": N_("这里不在任何辖区，请在图上点一下问题的位置"),
    "no_positioning": N_("这部手机没有定位，请点地图"),
    "positioning_off": N_("定位未开，请点地图或写明地点"),
    "distance": N_("距现场 {metres} 米"),
    "close": N_("关闭"),
    "place_outside": N_("不在任何辖区，仍可登记"),
    "place_inside": N_("{subdistrict} {community} 单元网格 {cell}"),
    "photo_too_large": N_("“{name}”有 {size} MB，超过 {most} MB 上限，没有上传。"),
    "photo_no_picture": N_("“{name}”不是照片（只收 JPEG、PNG、WebP），没有上传。"),
    "photo_cut_off": N_("“{name}”没有传完，网络断了。请再选一次。"),
    "photo_refused": N_("照片没有收下，请重新选择。"),
}
"""By the name under which ``static/ui/js/say.js`` asks; ``{name}`` is filled in by the script."""


def in_language() -> dict[str, str]:
    """The words in the language of the page."""
    return {key: gettext(word) for key, word in WORDS.items()}
