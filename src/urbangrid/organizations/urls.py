"""Addresses of signing in."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from urbangrid.organizations import own, own_device, views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demonstration/", views.demonstrate, name="demonstrate"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("language/", require_POST(set_language), name="language"),
    path("posts/", views.posts, name="posts"),
    path("password/", views.password, name="password"),
    path("sign-in/code/", views.second_step_page, name="second_step"),
    path("device/", own_device.device_page, name="device"),
    path("device/challenge/", own_device.challenge, name="device_challenge"),
    path("device/proof/", own_device.proof_page, name="device_proof"),
    path("second-step/set-up/", own.set_up_second_step, name="set_up_second_step"),
    path("second-step/codes/", own.renew_codes, name="renew_codes"),
    path("mine/", own.sign_ins, name="sign_ins"),
    path("mine/end-others/", own.end_others, name="end_others"),
    path("mine/<int:sign_in_id>/end/", own.end, name="end_sign_in"),
    path("mine/tokens/new/", own.new_token, name="new_token"),
    path("mine/tokens/<int:token_id>/revoke/", own.revoke, name="revoke_token"),
]
