"""Addresses of 城管通, the inspector's pages. Photos, uploads, choices and outlines are the workbench's addresses: one door each."""

from __future__ import annotations

from django.urls import path

from urbangrid.collection import views

app_name = "collection"
urlpatterns = [
    path("", views.home, name="home"),
    path("report/", views.report, name="report"),
    path("mine/", views.mine, name="mine"),
    path("task/<int:case_id>/", views.task, name="task"),
    path("task/<int:case_id>/<slug:action>/", views.answer, name="answer"),
]
