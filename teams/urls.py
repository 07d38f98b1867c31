"""Addresses under /people/."""

from datetime import date

from django.urls import path, register_converter

from gridgov.typed import YEARS
from teams.views import boards, book, duty, leave, people, posts, robots, roster, roster_sheet, tasks, units


class Day:
    """A day in an address: 2026-11-25; anything else is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, which means 404, for the 31st of February and for years no zone reaches."""
        found = date.fromisoformat(value)
        if found.year not in YEARS:
            raise ValueError(value)
        return found

    def to_url(self, value: date | str) -> str:
        """As it is read."""
        return str(value)


register_converter(Day, "day")

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
    path("sign-ins/", people.sign_ins, name="sign_ins"),
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
    path("<uuid:public_id>/linked/<slug:platform>/remove/", people.unlink, name="unlink_account"),
    path("<uuid:public_id>/disable/", people.disable, name="disable_person"),
    path("<uuid:public_id>/enable/", people.enable, name="enable_person"),
    path("<uuid:public_id>/exception/", people.grant, name="grant_exception"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.decide, name="decide_task"),
    path("tasks/<int:task_id>/", tasks.change, name="change_task"),
    path("duty/", roster.roster, name="roster"),
    path("duty/now/", roster.duty_now, name="duty_now"),
    path("duty/board/", roster.duty_board, name="duty_board"),
    path("duty/sheet/", roster_sheet.sheet, name="roster_sheet"),
    path("duty/xlsx/", roster_sheet.xlsx, name="roster_xlsx"),
    path("duty/publish/", roster.publish, name="publish_roster"),
    path("duty/withdraw/", roster.withdraw, name="withdraw_roster"),
    path("duty/copy-week/", roster.copy_week, name="copy_week"),
    path("duty/rotate/", roster.rotate, name="rotate"),
    path("duty/turns/<int:turn_id>/swap/", roster.swap, name="swap_turns"),
    path("duty/shifts/", roster.shifts, name="shifts"),
    path("duty/shifts/<int:shift_id>/", roster.edit_shift, name="edit_shift"),
    path("duty/shifts/<int:shift_id>/retire/", roster.retire_shift, name="retire_shift"),
    path("duty/shifts/<int:shift_id>/reopen/", roster.reopen_shift, name="reopen_shift"),
    path("duty/shifts/<int:shift_id>/<day:on>/", roster.plan, name="plan_turn"),
    path("duty/log/", duty.log, name="duty_log"),
    path("duty/log/<uuid:pk>/correct/", duty.correct, name="correct_entry"),
    path("duty/log/<uuid:pk>/settle/", duty.settle, name="settle_entry"),
    path("duty/hand-overs/", duty.hand_overs, name="hand_overs"),
    path("duty/hand-overs/new/", duty.hand_over, name="hand_over_shift"),
    path("duty/hand-overs/<uuid:pk>/", duty.hand_over_sheet, name="hand_over_sheet"),
    path("duty/hand-overs/<uuid:pk>/accept/", duty.accept, name="accept_hand_over"),
    path("duty/hand-overs/<uuid:pk>/refuse/", duty.refuse, name="refuse_hand_over"),
    path("duty/hand-overs/<uuid:pk>/withdraw/", duty.withdraw, name="withdraw_hand_over"),
]
