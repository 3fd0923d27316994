"""Addresses of 培训, under ``courses/``."""

from __future__ import annotations

from django.urls import path

from urbangrid.courses import taking, views

app_name = "courses"
urlpatterns = [
    path("", views.listed, name="listed"),
    path("new/", views.edit, name="new"),
    path("register/", views.register, name="register"),
    path("register.xlsx", views.register_file, name="register_file"),
    path("mine/", taking.mine, name="mine"),
    path("<int:course_id>/", views.show, name="course"),
    path("<int:course_id>/edit/", views.edit, name="edit"),
    path("<int:course_id>/cancel/", views.cancel, name="cancel"),
    path("<int:course_id>/invite/", views.invite, name="invite"),
    path("<int:course_id>/leave/", views.drop_out, name="drop_out"),
    path("<int:course_id>/results/", views.enter, name="enter"),
    path("<int:course_id>/results.xlsx", views.results_file, name="results_file"),
    path("<int:course_id>/import/", views.bring_in, name="import"),
    path("<int:course_id>/quiz/", views.set_quiz, name="set_quiz"),
    path("<int:course_id>/question/", views.add_question, name="add_question"),
    path("<int:course_id>/question/drop/", views.drop_question, name="drop_question"),
    path("<int:course_id>/take/", taking.take, name="take"),
    path("<int:course_id>/take/begin/", taking.begin, name="begin"),
    path("<int:course_id>/take/answer/", taking.answer, name="answer"),
]
