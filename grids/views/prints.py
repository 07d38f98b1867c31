"""Maps to print."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridgov import paper
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import prints
from grids.division.ways import borders_in_words
from grids.views.shapes import load

# Millimetres of paper that the map itself may take, by size, beside the list of what it shows.
ROOM = {"a4": (186.0, 150.0), "a3": (280.0, 232.0)}
BESIDE = {"a4": 9, "a3": 15}  # rows that stand beside the map; a longer list gets pages of its own


@require_safe
def print_map(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The map of an area on A4 or A3 (`size`), to a round scale, with a list of what belongs to it."""
    found = load(request, area_id)
    size, moment = paper.size_of(request.GET.get("size")), now(request)
    below = prints.listed(found)
    width, height = ROOM[size]
    context = {
        "area": found,
        "size": size,
        "below": below,
        "beside": len(below) <= BESIDE[size],
        "sides": borders_in_words(found) if found.is_grid else {},
        "drawing": prints.map_of(found, below, width=width, height=height, now=moment),
    }
    name = _("Map of %(name)s") % {"name": found.name}
    return paper.response(paper.pdf("grids/print_map.html", context | {"title": name}, now=moment), name)
