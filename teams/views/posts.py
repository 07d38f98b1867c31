"""Posts: appoint, end, withdraw, hand over."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt, saved
from grids.permissions import Perm
from teams import actions
from teams.forms import AppointForm, EndForm, HandOverForm
from teams.models import Assignment, people_visible_to
from teams.views.people import form_page


def _post(request: SignedInRequest, post_id: int) -> Assignment:
    permissions.require_anywhere(request.user, Perm.APPOINT)
    posts = Assignment.objects.visible_to(request.user).select_related("user", "area", "unit")
    return get_object_or_404(posts, pk=post_id)


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Give a person a post."""
    permissions.require_anywhere(request.user, Perm.APPOINT)
    who = get_object_or_404(people_visible_to(request.user), public_id=public_id)
    form = AppointForm(request.POST or None, by=request.user)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.appoint(who, **form.cleaned_data, by=request.user, now=now(request)))
    ):
        messages.success(request, _("%(name)s has been appointed.") % {"name": who})
        return redirect("teams:person", who.public_id)
    back = reverse("teams:person", args=[who.public_id])
    return form_page(request, form, _("Appoint %(name)s") % {"name": who.name}, _("Appoint"), back, who.name)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, post_id: int) -> HttpResponse:
    """End a post on a day."""
    post = _post(request, post_id)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if saved(form, lambda: actions.end_post(post, on=on, by=request.user, now=now(request))):
            messages.success(request, _("The post of %(name)s ends on %(day)s.") % {"name": post.user, "day": on})
            return redirect("teams:person", post.user.public_id)
    back = reverse("teams:person", args=[post.user.public_id])
    words = {"name": post.user.name, "role": post.get_role_display(), "area": post.area.name}
    return form_page(request, form, _("End: %(name)s, %(role)s, %(area)s") % words, _("End post"), back, post.user.name)


@require_POST
def withdraw(request: SignedInRequest, post_id: int) -> HttpResponse:
    """Take an appointment back that was a mistake."""
    post = _post(request, post_id)
    try:
        actions.withdraw_post(post, by=request.user, now=now(request))
        messages.success(request, _("The appointment has been withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:person", post.user.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Pass all posts of a person, with the open work, to a successor."""
    permissions.require_anywhere(request.user, Perm.APPOINT)
    who = get_object_or_404(people_visible_to(request.user), public_id=public_id)
    form = HandOverForm(request.POST or None, by=request.user, user=who)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        taken = attempt(
            form,
            lambda: actions.hand_over(who, facts["successor"], on=facts["on"], by=request.user, now=now(request)),
        )
        if taken:
            messages.success(request, _("Handed over to %(name)s.") % {"name": facts["successor"]})
            return redirect("teams:person", facts["successor"].public_id)
    back = reverse("teams:person", args=[who.public_id])
    return form_page(
        request, form, _("Hand over the posts of %(name)s") % {"name": who.name}, _("Hand over"), back, who.name
    )
