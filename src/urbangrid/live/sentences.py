"""Sentences of this package's refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "live_token_wrong": _("这条实时连接的凭证已过期或无效。页面会自动重新申请；若一直不行，请刷新页面。"),
        "live_full": _("实时连接已满，本页暂不自动更新。请稍后刷新页面，并告知系统管理员。"),
        "live_origin_wrong": _("这个地址的页面不能使用实时服务。请从平台的网址打开页面。"),
        "live_nothing_here": _("没有这个地址。"),
        "live_sign_in": _("登录已失效，请重新登录。已填内容保留在本机。"),
        "upload_token_wrong": _("上传凭证已过期或不属于这个文件。已传部分保留，页面会重新申请后续传。"),
        "upload_part_too_large": _("一次送来的部分超过 %(limit_kb)s KB，没有收下。请刷新页面后续传。"),
        "upload_part_too_slow": _("这一部分 %(minutes)s 分钟还没有传完，先停下了；已传部分保留，页面会接着传。"),
        "upload_offset_wrong": _("已收到 %(offset)s 字节，请从这里续传。"),
        "upload_beyond_end": _("送来的内容比申请上传的文件大，没有收下。请重新选择文件。"),
        "upload_unknown": _("没有找到这个上传（超过一天未传完的会清除）。请重新选择文件。"),
        "upload_incomplete": _("文件还没有传完：已收到 %(offset)s 字节，共 %(size)s 字节。请等传完后再提交。"),
        "upload_too_many": _("还有 %(count)s 个文件没有传完，请等它们传完或一天后再传新的。"),
        "upload_size_wrong": _("没有说明文件大小，不能上传。请重新选择文件。"),
    }
)
