"""Addresses of the administration, under ``admin/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.administration.views import health, people, units, watching

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
]
