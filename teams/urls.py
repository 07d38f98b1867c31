"""Addresses under /people/."""

from django.urls import path

from teams.views import boards, book, leave, people, posts, robots, units

app_name = "teams"
urlpatterns = [
    path("", book.book, name="book"),
    path("roles/", book.roles, name="roles"),
    path("boards/<int:area_id>/", boards.board, name="board"),
    path("boards/<int:area_id>/board.pdf", boards.board_pdf, name="board_pdf"),
    path("boards/<int:area_id>/text/", boards.edit_text, name="edit_board"),
    path("me/on-the-board/", boards.own_face, name="own_face"),
    path("me/on-the-board/off/", boards.hide_face, name="hide_face"),
    path("new/", people.create, name="create_person"),
    path("units/", units.units, name="units"),
    path("units/new/", units.create, name="create_unit"),
    path("units/<int:unit_id>/", units.unit, name="unit"),
    path("units/<int:unit_id>/edit/", units.edit, name="edit_unit"),
    path("units/<int:unit_id>/retire/", units.retire, name="retire_unit"),
    path("units/<int:unit_id>/reopen/", units.reopen, name="reopen_unit"),
    path("units/<int:unit_id>/robots/", robots.robots, name="robots"),
    path("robots/<uuid:id>/retire/", robots.retire, name="retire_robot"),
    path("robots/<uuid:id>/reopen/", robots.reopen, name="reopen_robot"),
    path("robots/<uuid:id>/try/", robots.try_out, name="try_robot"),
    path("posts/<int:post_id>/end/", posts.end, name="end_post"),
    path("posts/<int:post_id>/withdraw/", posts.withdraw, name="withdraw_post"),
    path("exceptions/<int:grant_id>/revoke/", people.revoke, name="revoke_exception"),
    path("leave/", leave.mine, name="my_leave"),
    path("leave/<int:leave_id>/cancel/", leave.cancel, name="cancel_leave"),
    path("<uuid:public_id>/leave/", leave.enter, name="enter_leave"),
    path("<uuid:public_id>/", book.person, name="person"),
    path("<uuid:public_id>/call/", book.call, name="call"),
    path("<uuid:public_id>/edit/", people.edit, name="edit_person"),
    path("<uuid:public_id>/appoint/", posts.appoint, name="appoint"),
    path("<uuid:public_id>/hand-over/", posts.hand_over, name="hand_over"),
    path("<uuid:public_id>/reset/", people.reset, name="reset_password"),
    path("<uuid:public_id>/disable/", people.disable, name="disable_person"),
    path("<uuid:public_id>/enable/", people.enable, name="enable_person"),
    path("<uuid:public_id>/exception/", people.grant, name="grant_exception"),
]
