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
        "token_needs_device": _("%(post)s的令牌须在已准入的终端上登录后，到网页“我的登录”里新建。"),
        "device_needed": _("%(post)s只能在已准入的终端上登录，本机还不是。请在本页登记本机，再请安全管理员准入。"),
        "device_waits": _("%(post)s只能在已准入的终端上登录。本机已登记，还没有准入：请把下面的指纹告诉安全管理员，准入后再登录。"),
        "device_blocked": _("这台终端已停用（%(reason)s），不能登录。账号不受影响，可换一台终端；找回后请安全管理员重新准入。"),
        "device_proof_wrong": _("终端的证明不对、已过期或已用过，没有办理。请刷新本页再试；再不行请告诉安全管理员。"),
        "device_proof_due": _("须先验证本机的密钥，没有办理。请刷新页面，验证会自动完成，再办一次。"),
        "device_token_needed": _("%(post)s只能在已准入的终端上使用平台，这个令牌不是在那里取得的。"),
        "device_key_unreadable": _("没有收到本机的密钥，没有登记。请用较新的浏览器打开本页，再登记一次。"),
        "device_model_missing": _("请填型号，如“华为 畅享 60”。"),
        "device_changed": _("这台终端的状态已经改变，请刷新后再看。"),
        "device_reason_missing": _("请在列表中选择停用的原因。"),
        "own_device": _("不能停用正在使用的本机，请在另一台终端上办理。"),
        "device_lock_out": _("规则含您自己的岗位（%(post)s），而本机还没有准入：保存后您将无法登录。请先登记并准入本机。"),
        "token_unknown": _("访问令牌无效或已过期，请重新登录。"),
    }
)

PASSWORD_FAULTS = {
    "short": _("至少 10 个字符"),
    "few_kinds": _("大写、小写、数字、符号至少占三种"),
    "contains_name": _("不能含账号或姓名"),
    "common": _("过于常见"),
}

DEVICE_REASONS = {"lost": _("遗失或被盗"), "broken": _("损坏"), "returned": _("交回"), "refused": _("不予准入")}
"""Why a terminal is blocked."""
DEVICE_STATES = {"asked": _("待准入"), "admitted": _("已准入"), "blocked": _("已停用")}
