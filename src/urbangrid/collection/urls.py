"""Addresses of 城管通, the inspector's pages. Photos, uploads, choices and outlines are the workbench's addresses: one door each."""

from __future__ import annotations

from django.urls import path

from urbangrid.collection import crew, views

app_name = "collection"
urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("self/", views.self_dispose, name="self"),
    path("mine/", views.mine, name="mine"),
    path("crew/", crew.home, name="crew"),
    path("crew/<int:case_id>/", crew.task, name="crew_task"),
    path("crew/<int:case_id>/<slug:action>/", crew.answer, name="crew_answer"),
    path("task/<int:case_id>/", views.task, name="task"),
    path("task/<int:case_id>/<slug:action>/", views.answer, name="answer"),
]
