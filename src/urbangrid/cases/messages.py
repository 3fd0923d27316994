"""Sentences of refusals about cases: what happened, who acts next (style.md, rule 5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "case_unknown": _("没有这个案件，或不在您的查看范围内。请核对案卷号。"),
        "case_moved_on": _("该案已由%(post)s%(name)s于%(time)s%(action)s，现为“%(state)s”。您填的内容已存草稿。"),
        "case_not_that_state": _("该案现为“%(state)s”，不能%(action)s。请返回待办查看最新情况。"),
        "duty_missing": _("%(post)s没有“%(action)s”的权限。请由有此职责的岗位办理。"),
        "not_your_item": _("这一件现在由%(holder)s办理，您可以查看，不能%(action)s。"),
        "reason_missing": _("请选择%(action)s的理由。只写文字不行，理由要能统计。"),
        "reason_unknown": _("没有“%(reason)s”这条理由，请从列表中选择。"),
        "reason_needs_words": _("选“%(reason)s”须补充说明。"),
        "input_missing": _("请填写“%(label)s”。"),
        "input_too_long": _("“%(label)s”有 %(length)s 个字，超过 %(limit)s 字。内容已存草稿，请删减后再交。"),
        "input_wrong": _("“%(label)s”填得不对：%(value)s。"),
        "photo_erased": _("照片已按期清除，办理经过仍在。"),
        "photos_missing": _("%(action)s至少要 %(count)s 张照片，还差 %(short)s 张。"),
        "photo_unknown": _("有一张照片没有传完或已失效，请重新选择。其余内容未受影响。"),
        "category_unknown": _("类别目录中没有“%(code)s”。请从列表中选择类别。"),
        "condition_not_of_category": _("所选立案条件不属于该类别，请重新选择。"),
        "limit_missing": _("“%(condition)s”没有处置时限，不能立案。请管理员在类别目录中补上。"),
        "verification_missing": _("%(source)s须先核实再立案：请先发核实，监督员答复后再立案。"),
        "verified_untrue": _("核实结果为“%(answer)s”，须值班长审定，请用“提请立案”或“提请不予立案”。"),
        "filed_before": _("%(number)s 已经立过案，不能再不予立案。需要终止请用“作废”。"),
        "report_unknown": _("没有这条上报，或不在您的查看范围内。"),
        "report_done": _("这条上报已由%(name)s于%(time)s%(action)s。"),
        "clock_set_back": _("服务器的时钟不对：这一步是 %(at)s，而该案 %(last)s 已有办理，没有办成。请联系系统管理员校准时钟，然后再办。"),
        "unit_unknown": _("没有这个处置单位，或它已停用。请重新选择。"),
        "unit_without_desk": _("“%(unit)s”还没有可签收的人员，派过去没人收。请改派或先请管理员配岗。"),
        "unit_not_below": _("“%(unit)s”不是本单位的下级，不能指派。请从列表中选择。"),
        "task_given_before": _("该案已指派给“%(unit)s”。要换班组请先撤销指派。"),
        "task_not_given": _("该案没有指派给下级，不用撤销。"),
        "person_not_there": _("所选人员不在“%(unit)s”任职，请重新选择。"),
        "no_task_of_yours": _("这一件不在您手里：可能已由上级撤销指派或已反馈。请返回任务查看。"),
        "other_unit_needs_reason": _("改选与建议不同的单位，须选理由，计入先例。"),
        "same_unit": _("该案已在这个单位，不必改派。"),
        "unit_sent_back": _("“%(unit)s”已回退过这一件，不能再派给它。请派其他单位，或提请权属会商指定处置。"),
        "settlement_needed": _("这一件已被 %(count)s 个单位回退，不能再试派。请先提请权属会商。"),
        "settled_otherwise": _("权属会商已定由“%(unit)s”处置。改派他单位须先重新会商。"),
        "case_request_unknown": _("这个案件没有这项申请。请刷新后重试。"),
        "request_unknown_here": _("本流程没有“%(action)s”。请联系系统管理员。"),
        "request_waits": _("已有一项%(request)s申请在等审批，批复之后才能再提。"),
        "request_used_up": _("%(request)s最多 %(most)s 次，已用完。"),
        "request_decided": _("这项申请%(state)s，不能再批。"),
        "request_of_others": _("这项申请不是本单位提出的，不能撤回。"),
        "proof_missing": _("请附上%(proof)s。"),
        "until_wrong": _("期限要在今天之后，且不超过规定的 %(most)s 天。"),
        "asked_too_late": _("处置时限已到，不能再申请延期：延期须在到期之前提出。"),
        "no_unit_clock": _("该案没有在走的处置时限，不能延期。"),
        "designated": _("这一件是权属会商指定处置，不能回退。请先处置，权属另议。"),
        "send_back_too_late": _("签收已超过 %(hours)s 工作时，不能再回退。确有困难请申请延期或挂账。"),
        "order_without_words": _("请写明%(order)s内容。"),
        "order_target": _("请选择一个单位：当前办理单位，或本平台的其他单位。"),
        "assists_itself": _("“%(unit)s”是主办单位，不能同时协办。"),
        "assists_already": _("“%(unit)s”已在协办。"),
        "assists_not": _("该单位没有在协办，或已经反馈。"),
        "assists_not_you": _("本单位没有待反馈的协办，不能%(action)s。"),
        "assist_waits": _("协办单位%(units)s尚未反馈，且未超时。请等其反馈，或请派遣员取消协办。"),
        "assist_open": _("协办或分任务未完：%(units)s。请等其反馈，或取消协办后再批转。"),
        "aside_already": _("该案已在%(aside)s，不能再申请。"),
        "not_aside": _("该案没有挂账或缓办，计时一直在走。"),
        "basis_missing": _("请写明定责依据，它会成为先例。"),
        "opinion_missing": _("请写明审核意见。"),
        "history_not_reopened": _("这是导入的历史案件，不能恢复办理。请按新案上报。"),
        "subject_unknown": _("请选择申诉事由。"),
        "appeal_too_late": _("结案已超过 %(days)s 天，申诉期已过。"),
        "reviewer_contested": _("被申诉的一步是您本人办理的，须由他人复核。"),
        "check_disagrees": _("核查结果为“%(answer)s”，不能结案。请返工或再发核查。"),
        "reply_missing": _("来自公众的案件，结案时须写给来报人的回复。"),
        "not_city_owned": _("该案不属市级，不能退市级。"),
        "city_owned_no_rework": _("该案由市级处置，请用“退市级再办”。"),
        "withdraw_too_late": _("%(name)s已于%(time)s打开该案，不能撤回。需要改动请联系对方或由值班长更正。"),
        "withdraw_nothing": _("没有可以撤回的一步：最后一步不是您办的，或此步不能撤回。"),
        "confirm_needed": _("“%(category)s”须值班长审定立案，请用“提请立案”。"),
        "claimed_by_other": _("%(name)s正在办理这一件（%(since)s起）。需要的话请先询问接手。"),
        "nothing_changed": _("更正前后没有不同，没有记录。"),
        "place_missing": _("请给出位置：在地图上点一下，或写明地点。"),
        "client_id_other_body": _("这个编号的上报已收到，但内容不同，没有覆盖。请刷新后重新上报。"),
        "process_faulty": _("流程定义有 %(count)s 处不通：%(row)s（%(fault)s）。没有发布。"),
        "process_missing": _("还没有发布案件流程，请系统管理员先发布。"),
        "mapping_unreadable": _("对应关系与文件“%(file)s”不符：%(fault)s。没有导入任何行。"),
        "rows_unreadable": _(
            "文件“%(file)s”从第 %(line)s 行附近起读不懂（须为 UTF-8 编码的 CSV）：%(fault)s。改好后再导入一次，已导入的不会重复。"
        ),
        "queue_unknown": _("没有“%(kind)s”这个待办队列。"),
        "device_time_wrong": _("设备时间不对，已按服务器时间记录。"),
    }
)

RECORD_FAULTS = {
    "missing": _("缺办理经过"),
    "altered": _("内容与摘要不符，被改动过"),
    "signature": _("签名无效"),
    "chain": _("与前一条不相接"),
    "column": _("查询用的列与签名内容不符"),
    "secret": _("附文与签名摘要不符"),
    "file_row": _("所附文件与签名内容不符"),
    "file_bytes": _("文件缺失或被改动"),
    "text_erased": _("附文没有了，审计中没有清除它的记录"),
    "file_erased": _("文件没有了，审计中没有清除它的记录"),
    "cut_off": _("末尾被截断或被加长"),
    "stray": _("有附文或文件，没有对应的办理经过"),
    "leaf": _("封存之后被改动"),
    "unlogged": _("没有封存，却排在已封存的位置上：事后插入，或位置被改动"),
}
"""What ``audit verify`` says of a fault (cases.verification)."""
RECORD_FAULT_KINDS = {"cut_off": "cut_off"} | dict.fromkeys(("missing", "file_bytes", "text_erased", "file_erased"), "missing")
"""Under which kind it is counted (audit.messages.KINDS); all others are altered."""

ROW_FAULTS = {
    "row_broken": _("编号缺失或过长，列数不对，或含有不能保存的字符"),
    "row_place": _("坐标不在地球上：“%(value)s”"),
    "row_time": _("时间读不懂：“%(value)s”"),
    "row_closed_before_opened": _("办结时间早于上报时间：“%(value)s”"),
}
"""Why a row of an imported file was not taken."""
