"""Sentences of refusals about courses, and what is wrong in a table of results."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "course_unknown": _("没有这次培训，或您不在参加人员之内。请回到培训列表选择。"),
        "course_field": _("请填写“%(label)s”，%(rule)s。"),
        "course_cancelled": _("这次培训已取消，不能再改。"),
        "course_regulation": _("法规库中没有这一篇，或已不是现行版本。请重新选择。"),
        "course_nobody": _("没有可加入的人：请选单位、岗位或人员，已在名单内的不重复加入。"),
        "participant_unknown": _("名单中没有这个人。请刷新后再填。"),
        "participant_result": _("%(name)s已有成绩或已作答，不能移出名单。需要时请改成绩。"),
        "result_wrong": _("结果只能是合格、不合格、缺席或待定，成绩是 0 到 100 的整数；缺席没有成绩。"),
        "quiz_missing": _("这次培训没有测验，或还没有出题。"),
        "quiz_times": _("测验的截止须晚于开始。"),
        "quiz_begun": _("已有人作答，题目、开始时间、时长和合格线不能再改；可以延长截止或增加次数。"),
        "quiz_not_open": _("测验 %(at)s 开始，请届时再来。"),
        "quiz_over": _("测验已于 %(at)s 截止，不能再作答。请联系组织培训的人。"),
        "quiz_spent": _("您已用完 %(most)s 次机会。请联系组织培训的人。"),
        "quiz_passed": _("您已合格，不用再答。"),
        "question_text": _("请填写题目（300 字以内）。"),
        "question_kind": _("请选择单选、多选或判断。"),
        "question_options": _("请填写 2 到 8 个选项，每行一个，每个 100 字以内，不能重复。"),
        "question_right": _("正确答案请填选项字母：单选、判断填一个，多选至少两个，例如 AC。"),
        "question_ground": _("请填写依据（300 字以内），交卷后给作答人看。"),
        "question_unknown": _("没有这道题，或已经去掉。"),
        "questions_many": _("一次测验最多 %(most)s 题。"),
        "attempt_unknown": _("没有这次作答，或不是您的。"),
        "attempt_handed_in": _("这次作答已经交卷，没有重复计分。请看成绩。"),
        "attempt_late": _("作答时间已到，先存下的答案由系统交卷。请稍后看成绩。"),
    }
)
