"""The desk's page of records from phones that need a decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessment.review import counted, reviewable, rows
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.sync import review
from gridgov.sync.models import Envelope
from gridgov.typed import posted
from grids import permissions
from grids.permissions import Perm


@require_safe
@never_cache
def kept(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, or what was put aside."""
    permissions.require_anywhere(request.user, Perm.ACCEPT_INCIDENTS)
    mine = reviewable(request.user)
    aside = request.GET.get("show") == "aside"
    shown = mine.put_aside() if aside else mine.to_review()
    page = keyset(shown.select_related("owner", "reviewed_by"), request, by=("-received_at", "-id"))
    context = {"rows": rows(page.rows, request.user), "page": page, "aside": aside, "now": now(request)}
    return render(request, "assessment/kept.html", context | {"waiting": counted(mine.to_review())})


def _decide(request: SignedInRequest, pk: UUID, act: Callable[[Envelope], Any], said: str) -> HttpResponse:
    permissions.require_anywhere(request.user, Perm.ACCEPT_INCIDENTS)
    envelope = get_object_or_404(reviewable(request.user), pk=pk)
    try:
        act(envelope)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error) or _("Your posts do not include this."))
    except ObjectDoesNotExist:
        messages.error(request, _("What it refers to is gone, or out of your sight. Put the record aside and say why."))
    return redirect("assessment:kept")


@require_POST
def accept(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take it in, in one's own name."""
    by, at = request.user, now(request)
    return _decide(request, pk, lambda e: review.accept(e, by=by, now=at), _("Taken in."))


@require_POST
def discard(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Put it aside, with words why."""
    by, at, words = request.user, now(request), posted(request, "words")
    said = _("Put aside. You find it under “put aside”, and can put it back.")
    return _decide(request, pk, lambda e: review.discard(e, words, by=by, now=at), said)


@require_POST
def put_back(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Decide about it again."""
    by, at = request.user, now(request)
    return _decide(request, pk, lambda e: review.put_back(e, by=by, now=at), _("It waits for a decision again."))
