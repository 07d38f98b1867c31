"""The admission list (准入清单): what the grids may be asked for. Read by all staff, decided by the leader."""

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt
from grids.permissions import Perm, scope
from teams import actions
from teams.models import TaskType
from teams.task_forms import TaskForm
from teams.views.people import form_page


@require_safe
@never_cache
def tasks(request: SignedInRequest) -> HttpResponse:
    """Every sort of task under its heading, what is barred among them."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    rows = TaskType.objects.visible_to(request.user).select_related("area", "owner", "decided_by")
    rows = rows.order_by("area_path", "-admitted", "code")
    lists = [
        {"area": found[0].area, "admitted": found[0].admitted, "rows": found}
        for found in (list(part) for _key, part in groupby(rows, lambda row: (row.area_path, row.admitted)))
    ]
    may_decide = scope(request.user).holds(Perm.ADMIT_TASKS)
    return render(
        request, "teams/tasks.html", {"lists": lists, "may_decide": may_decide, "today": timezone.localdate()}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def decide(request: SignedInRequest) -> HttpResponse:
    """A new entry of the list."""
    permissions.require_anywhere(request.user, Perm.ADMIT_TASKS)
    form = TaskForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        area = facts.pop("area")
        if TaskType.objects.filter(area=area, code=facts["code"].strip()).exists():
            form.add_error("code", _("This code is in the list already. Change that entry."))
        elif attempt(form, lambda: actions.decide_task(area, **facts, by=request.user, now=now(request))):
            messages.success(request, _("Decided. Everyone sees it in the list."))
            return redirect("teams:tasks")
    return form_page(
        request,
        form,
        _("Admit or bar a task"),
        pgettext("task", "Decide"),
        reverse("teams:tasks"),
        _("Admitted tasks"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Decide anew about an entry, with a reason."""
    permissions.require_anywhere(request.user, Perm.ADMIT_TASKS)
    visible = TaskType.objects.filter(permissions.readable(request.user, Perm.ADMIT_TASKS, TaskType.reach_fields))
    task = get_object_or_404(visible.select_related("area"), pk=task_id)
    initial = {name: getattr(task, name) for name in ("name", "heading", "owner", "level", "basis", "rhythm")}
    initial |= {"admitted": "yes" if task.admitted else "no", "since": task.since, "until": task.until}
    form = TaskForm(request.POST or None, user=request.user, task=task, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if attempt(
            form, lambda: actions.decide_task(task.area, code=task.code, **facts, by=request.user, now=now(request))
        ):
            messages.success(request, _("Decided. Everyone sees it in the list."))
            return redirect("teams:tasks")
    return form_page(
        request,
        form,
        f"{task.code} {task.name}",
        pgettext("task", "Decide"),
        reverse("teams:tasks"),
        _("Admitted tasks"),
    )
