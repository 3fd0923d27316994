"""Addresses of the administration, under ``admin/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.administration.views import devices, health, notices, people, phrases, retention, signing_in, units, watching

app_name = "administration"
urlpatterns = [
    path("", units.home, name="home"),
    path("units/new/", units.new, name="new_unit"),
    path("units/<int:unit_id>/", units.edit, name="unit"),
    path("posts/", units.posts, name="posts"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new_person"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/appoint/", people.appoint, name="appoint"),
    path("people/<int:user_id>/reset/", people.reset, name="reset"),
    path("people/<int:user_id>/end/", people.end, name="end"),
    path("people/<int:user_id>/resume/", people.resume, name="resume"),
    path("people/<int:user_id>/unlock/", watching.unlock, name="unlock"),
    path("appointments/<int:appointment_id>/end/", people.end_appointment, name="end_appointment"),
    path("appointments/<int:appointment_id>/resume/", people.resume_appointment, name="resume_appointment"),
    path("rights/", watching.rights, name="rights"),
    path("health/", health.health, name="health"),
    path("health/now/", health.health_now, name="health_now"),
    path("health/undelivered/<int:parked_id>/again/", health.deliver_again, name="deliver_again"),
    path("health/jobs/<int:job_id>/again/", health.run_again, name="run_again"),
    path("trail/", watching.trail, name="trail"),
    path("trail.xlsx", watching.trail_file, name="trail_file"),
    path("sign-ins/", signing_in.sign_ins, name="sign_ins"),
    path("sign-ins/rules/", signing_in.rules, name="sign_in_rules"),
    path("people/<int:user_id>/sign-ins/<int:sign_in_id>/end/", signing_in.end, name="end_sign_in"),
    path("people/<int:user_id>/tokens/<int:token_id>/revoke/", signing_in.revoke, name="revoke_token"),
    path("people/<int:user_id>/second-step/reset/", signing_in.reset_second_step, name="reset_second_step"),
    path("devices/", devices.register, name="devices"),
    path("devices/print/", devices.sheet, name="devices_sheet"),
    path("devices/rules/", devices.rules, name="device_rules"),
    path("devices/<int:device_id>/admit/", devices.admit, name="admit_device"),
    path("devices/<int:device_id>/block/", devices.block, name="block_device"),
    path("notices/", notices.table, name="notices"),
    path("phrases/", phrases.table, name="phrases"),
    path("phrases/change/", phrases.change, name="change_phrase"),
    path("phrases/import/", phrases.bring_in, name="import_phrases"),
    path("phrases.xlsx", phrases.file, name="phrases_file"),
    path("phrases/<int:phrase_id>/remove/", phrases.remove, name="remove_phrase"),
    path("retention/", retention.table, name="retention"),
    path("retention/<slug:retained>/", retention.change, name="change_retention"),
]
