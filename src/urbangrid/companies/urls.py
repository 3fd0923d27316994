"""Addresses of the companies' entry; no other page exists for who comes by it (organizations.middleware)."""

from __future__ import annotations

from django.urls import path

from urbangrid.companies import reading, talk, views

app_name = "companies"
urlpatterns = [
    path("", views.home, name="home"),
    path("done/", views.done, name="done"),
    path("find/", views.find, name="find"),
    path("no/<str:text>/", views.by_number, name="by_number"),
    path("t/<str:token>/", views.task, name="task"),
    path("t/<str:token>/print/", views.sheet, name="sheet"),
    path("t/<str:token>/talk/", talk.talk, name="talk"),
    path("t/<str:token>/steps/", talk.steps, name="steps"),
    path("t/<str:token>/comment/", talk.comment, name="comment"),
    path("contacts/", reading.contacts, name="contacts"),
    path("regulations/", reading.regulations, name="regulations"),
    path("regulations/<int:document_id>/", reading.document, name="document"),
    path("regulations/<int:document_id>/file/", reading.document_file, name="document_file"),
    path("notices/", talk.notices, name="notices"),
    path("notices/count/", talk.bell, name="bell"),
    path("notices/read/", talk.read_all, name="read_all"),
    path("notices/<int:notice_id>/", talk.follow, name="notice"),
    path("t/<str:token>/act/<slug:action>/", views.act, name="act"),
    path("files/<int:file_id>/", views.photo, name="photo"),
    path("files/<int:file_id>/thumb/", views.thumb, name="thumb"),
    path("upload/", views.upload, name="upload"),
]
