"""Sentences about signing in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import declare

declare(
    {
        "wrong_password": _("账号或密码不对，还可再试 %(left)s 次；忘记了请找本单位系统管理员重设。"),
        "account_locked": _("密码连续输错，账号已锁定到 %(until)s。着急请找本单位系统管理员解锁。"),
        "account_ended": _("该账号已停用或服务期已满，请联系本单位系统管理员。"),
        "no_post": _("该账号还没有岗位，请系统管理员先配岗。"),
        "post_unknown": _("您没有这个岗位，或任职已结束。"),
        "password_weak": _("新密码不合规定：%(faults)s。"),
        "username_faulty": _("账号用 3 到 40 个小写字母、数字或 . _ -，请改一下。"),
        "username_taken": _("账号“%(username)s”已有人使用，请换一个。"),
        "name_missing": _("请填姓名。"),
        "not_locked": _("该账号没有锁定，或已到时自动解锁。"),
        "own_account": _("不能停用自己的账号，请由另一位系统管理员办理。"),
        "account_changed": _("该账号的状态已经改变，请刷新后再看。"),
        "old_password_wrong": _("原密码不对，密码没有改变。"),
        "code_wrong": _("验证码不对。请看手机时间是否准确，输入正在显示的六位数字。"),
        "offer_too_old": _("页面放得太久，二维码已换新。请删去手机里旧的一条，重新扫码。"),
        "second_step_stands": _("第二步已经开通。换手机请找安全管理员重设。"),
        "second_step_missing": _("该账号没有开通第二步。"),
        "second_step_wrong": _("验证码不对或已用过，还可再试 %(left)s 次；手机不在身边可用备用码。"),
        "second_step_locked": _("验证码连续输错，第二步已锁定到 %(until)s。着急请找安全管理员重设。"),
        "second_step_unreadable": _("第二步的密钥文件已更换，验证码无法核对。请安全管理员重设第二步。"),
        "second_step_too_late": _("输入密码后已过十分钟，请重新登录。"),
        "own_second_step": _("不能重设自己的第二步，请由另一位安全管理员办理。"),
        "sign_in_gone": _("这次登录已经退出或失效。"),
        "token_gone": _("这个令牌已经收回或到期。"),
        "token_needs_second_step": _("%(post)s的令牌须在两步登录后，到网页“我的登录”里新建。"),
        "token_unknown": _("访问令牌无效或已过期，请重新登录。"),
    }
)

PASSWORD_FAULTS = {
    "short": _("至少 10 个字符"),
    "few_kinds": _("大写、小写、数字、符号至少占三种"),
    "contains_name": _("不能含账号或姓名"),
    "common": _("过于常见"),
}
