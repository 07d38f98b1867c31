"""Group chats that hear what concerns a unit."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.notices import channels
from gridgov.notices.models import GroupRobot, Outbox
from grids import permissions
from grids.forms import attempt
from grids.permissions import Perm
from teams.actions import deliveries as actions
from teams.models import Unit


class RobotForm(forms.Form):
    """What the platform shows when a robot is added to a group."""

    at = forms.ChoiceField(label=gettext_lazy("Platform"), choices=GroupRobot.At.choices)
    label = forms.CharField(label=gettext_lazy("Name of the group"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("Webhook address"),
        max_length=400,
        help_text=gettext_lazy("Copied from the group's robot. It is kept sealed and not shown again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("DingTalk only, if the robot signs (加签)."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _unit(request: SignedInRequest, unit_id: int) -> Unit:
    permissions.require_anywhere(request.user, Perm.EDIT_UNITS)
    return get_object_or_404(Unit.objects.visible_to(request.user, Perm.EDIT_UNITS).select_related("area"), pk=unit_id)


@require_http_methods(["GET", "HEAD", "POST"])
def robots(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """The group chats of one unit; add one."""
    unit = _unit(request, unit_id)
    form = RobotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.add_robot(unit, **form.cleaned_data, by=request.user, now=now(request)))
        if made is not None:
            messages.success(request, _("The group hears from this unit now. Send a test message to be sure."))
            return redirect("teams:robots", unit.pk)
    names = {channel.name for channel in channels.configured()}
    found = GroupRobot.objects.filter(unit_id=unit.pk).order_by("retired_at", "-id")
    tests = Outbox.objects.filter(key__startswith="test:", robot__in=found).order_by("robot", "-id").distinct("robot")
    tried = {row.robot_id: row for row in tests}
    context = {
        "unit": unit,
        "form": form,
        "robots": [{"robot": robot, "test": tried.get(robot.pk)} for robot in found],
        "now": now(request),
        "configured": bool(names & set(GroupRobot.At.values)),
    }
    return render(request, "teams/deliveries/robots.html", context)


def _robot(request: SignedInRequest, id: UUID) -> GroupRobot:
    permissions.require_anywhere(request.user, Perm.EDIT_UNITS)
    units = Unit.objects.visible_to(request.user, Perm.EDIT_UNITS)
    return get_object_or_404(GroupRobot.objects.filter(unit_id__in=units.order_by().values("pk")), pk=id)


@require_POST
def retire(request: SignedInRequest, id: UUID) -> HttpResponse:
    """The group hears nothing more."""
    robot = _robot(request, id)
    actions.retire_robot(robot, by=request.user, now=now(request))
    messages.success(request, _("The group hears nothing more. The robot can be put back to work."))
    return redirect("teams:robots", robot.unit_id)


@require_POST
def reopen(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Undo."""
    robot = _robot(request, id)
    actions.reopen_robot(robot, by=request.user, now=now(request))
    messages.success(request, _("The robot is at work again."))
    return redirect("teams:robots", robot.unit_id)


@require_POST
def try_out(request: SignedInRequest, id: UUID) -> HttpResponse:
    """A test message into the group."""
    robot = _robot(request, id)
    actions.try_robot(robot, by=request.user, now=now(request))
    messages.success(request, _("The test message is on its way to the group."))
    return redirect("teams:robots", robot.unit_id)
