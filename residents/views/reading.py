"""Looking: grids, buildings, dwellings, a masked person, and the one door behind the mask."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.privacy import actions as privacy
from grids import permissions
from grids.models import Area, Building
from grids.permissions import Perm
from residents.forms import RevealForm, SearchForm
from residents.models import Dwelling, Resident
from residents.protection import protected

PRESENT = Q(households__residents__left_on=None, households__residents__removed_at=None)
MOST = 50


@require_GET
@never_cache
def home(request: SignedInRequest) -> HttpResponse:
    """The grids of my areas; whoever has one sees its buildings at once."""
    permissions.require_anywhere(request.user, Perm.VIEW_RESIDENTS)
    grids = list(
        Area.objects.visible_to(request.user, Perm.VIEW_RESIDENTS)
        .standing()
        .grids()
        .annotate(building_count=Count("buildings", filter=Q(buildings__retired_at=None)))
        .select_related("parent")
    )
    if len(grids) == 1:
        return _grid_page(request, grids[0])
    return render(request, "residents/home.html", {"grids": grids, "form": SearchForm()})


def _grid_page(request: SignedInRequest, area: Area) -> HttpResponse:
    buildings = Building.objects.filter(area=area, retired_at=None).order_by("name", "pk")
    with protected(request.user):
        counted = list(
            buildings.annotate(
                people=Count(
                    "dwellings__households__residents",
                    filter=Q(
                        dwellings__households__residents__left_on=None,
                        dwellings__households__residents__removed_at=None,
                    ),
                )
            )
        )
    return render(request, "residents/grid.html", {"grid": area, "buildings": counted, "form": SearchForm()})


@require_GET
@never_cache
def grid(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The buildings of one grid with how many people are listed in each."""
    permissions.require_anywhere(request.user, Perm.VIEW_RESIDENTS)
    areas = Area.objects.visible_to(request.user, Perm.VIEW_RESIDENTS).grids()
    return _grid_page(request, get_object_or_404(areas, pk=area_id))


@require_GET
@never_cache
def building(request: SignedInRequest, building_id: int) -> HttpResponse:
    """The dwellings of one building, entrance by entrance."""
    permissions.require_anywhere(request.user, Perm.VIEW_RESIDENTS)
    found = get_object_or_404(
        Building.objects.visible_to(request.user, Perm.VIEW_RESIDENTS).select_related("area"), pk=building_id
    )
    with protected(request.user):
        dwellings = list(
            Dwelling.objects.filter(building=found)
            .annotate(people=Count("households__residents", filter=PRESENT))
            .order_by("entrance", "room")
        )
    may_edit = permissions.allows(request.user, Perm.EDIT_RESIDENTS, found)
    context = {"building": found, "dwellings": dwellings, "may_edit": may_edit}
    return render(request, "residents/building.html", context)


@require_GET
@never_cache
def dwelling(request: SignedInRequest, dwelling_id: int) -> HttpResponse:
    """Who lives behind one door, masked."""
    permissions.require_anywhere(request.user, Perm.VIEW_RESIDENTS)
    found = get_object_or_404(
        Dwelling.objects.visible_to(request.user).select_related("building__area"), pk=dwelling_id
    )
    with protected(request.user):
        people = list(
            Resident.objects.visible_to(request.user)
            .filter(household__dwelling=found, removed_at=None)
            .order_by("household_id", "left_on", "id")
        )
    may_edit = permissions.allows(request.user, Perm.EDIT_RESIDENTS, found)
    context = {
        "dwelling": found,
        "present": [person for person in people if person.left_on is None],
        "gone": [person for person in people if person.left_on is not None],
        "may_edit": may_edit,
    }
    return render(request, "residents/dwelling.html", context)


@require_http_methods(["POST"])
@never_cache
def search(request: SignedInRequest) -> HttpResponse:
    """Exactly this name, phone or identity number within my areas; posted, so that it stands in no log."""
    permissions.require_anywhere(request.user, Perm.VIEW_RESIDENTS)
    form = SearchForm(request.POST)
    people: list[Resident] = []
    if form.is_valid():
        found = Resident.objects.visible_to(request.user).present().matching(form.cleaned_data["q"])
        with protected(request.user):
            people = list(found.select_related("household__dwelling__building", "area").order_by("id")[:MOST])
    return render(request, "residents/search.html", {"form": form, "people": people})


def load(request: SignedInRequest, resident_id: str, perm: Perm = Perm.VIEW_RESIDENTS) -> Resident:
    """The resident within the reader's areas, or 404: others' residents do not exist."""
    permissions.require_anywhere(request.user, perm)
    with protected(request.user, perm):
        rows = Resident.objects.visible_to(request.user, perm).select_related("household__dwelling__building__area")
        return get_object_or_404(rows, pk=resident_id)


@require_GET
@never_cache
def resident(request: SignedInRequest, resident_id: str) -> HttpResponse:
    """One person, masked."""
    found = load(request, resident_id)
    context = {
        "resident": found,
        "dwelling": found.household.dwelling,
        "may_edit": permissions.allows(request.user, Perm.EDIT_RESIDENTS, found),
        "may_reveal": permissions.allows(request.user, Perm.REVEAL_RESIDENTS, found),
    }
    return render(request, "residents/resident.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required
def reveal(request: SignedInRequest, resident_id: str, field: str) -> HttpResponse:
    """Ask for a reason, record it, then show one value once."""
    found = load(request, resident_id, Perm.REVEAL_RESIDENTS)
    if field not in Resident.personal:
        raise Http404
    form, value = RevealForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            value = privacy.reveal(
                found,
                field,
                by=request.user,
                reason=form.cleaned_data["reason"],
                perm=Perm.REVEAL_RESIDENTS,
                now=now(request),
            )
        except privacy.QuotaReached as error:
            messages.error(request, str(error))
            return redirect("residents:resident", found.pk)
        except ValidationError as error:
            form.add_error("reason", error)
    label = Resident._meta.get_field(field).verbose_name  # type: ignore[union-attr]
    heading = _("See in full: %(what)s") % {"what": label}
    context = {"resident": found, "form": form, "value": value, "is_phone": field == "phone", "heading": heading}
    return render(request, "residents/reveal.html", context)
