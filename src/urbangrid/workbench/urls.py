"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import path

from urbangrid.workbench.views import actions, case, desk, notices, parts, register, talk

app_name = "workbench"
urlpatterns = [
    path("", desk.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("desk/arrivals/", desk.arrivals, name="arrivals"),
    path("desk/counts/", desk.counts, name="counts"),
    path("desk/receive/", actions.receive_all, name="receive_all"),
    path("board/", desk.show_board, name="board"),
    path("board/list/", desk.stage_list, name="stage_list"),
    path("item/<int:item_id>/take-over/", desk.take_over, name="take_over"),
    path("item/<int:item_id>/assign/", desk.assign, name="assign"),
    path("case/<int:case_id>/reveal/<int:request_id>/", case.reveal, name="reveal"),
    path("report/<int:report_id>/accept/", actions.accept, name="accept"),
    path("report/<int:report_id>/refuse/", actions.refuse, name="refuse"),
    path("register/", register.register, name="register"),
    path("case/<int:case_id>/", case.show, name="case"),
    path("case/<int:case_id>/seq/", parts.readable_case, name="case_seq"),
    path("case/<int:case_id>/act/<slug:action>/", actions.act, name="act"),
    path("case/<int:case_id>/print/<slug:name>/", case.sheet, name="sheet"),
    path("case/<int:case_id>/talk/", talk.talk, name="talk"),
    path("case/<int:case_id>/comment/", talk.comment, name="comment"),
    path("case/<int:case_id>/contact/", talk.contact, name="contact"),
    path("case/<int:case_id>/watch/", notices.watch, name="watch"),
    path("notices/", notices.notices, name="notices"),
    path("notices/count/", notices.bell, name="bell"),
    path("notices/read/", notices.read_all, name="read_all"),
    path("notices/<int:notice_id>/", notices.follow, name="notice"),
    path("watching/", notices.watched, name="watching"),
    path("case/no/<str:text>/", case.by_number, name="case_by_number"),
    path("search/", case.look_up, name="search"),
    path("area/", case.area, name="area"),
    path("done/", case.done, name="done"),
    path("files/<int:file_id>/", parts.photo, name="photo"),
    path("files/<int:file_id>/thumb/", parts.thumb, name="thumb"),
    path("upload/", parts.upload, name="upload"),
    path("choices/categories/", parts.categories, name="categories"),
    path("choices/conditions/<int:category_id>/", parts.conditions, name="conditions"),
    path("choices/units/", parts.units, name="units"),
    path("map/place/", parts.place, name="place"),
    path("map/outlines/", parts.outlines, name="outlines"),
    path("map/near/", parts.near, name="near"),
    path("draft/", parts.draft, name="draft"),
]
