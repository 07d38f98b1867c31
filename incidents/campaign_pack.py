"""The objects of campaigns that a phone takes along: all of one's own, in the order of the way, page by page.

A worker of a large community has thousands. So each page has a version of its own: a phone fetches what it does not
hold yet, a line that breaks costs one page, and what has not changed does not travel again.
"""

import hashlib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import get_language

from incidents.models import Campaign, CampaignTarget
from incidents.models.campaign import WALK

PER_PAGE = 250
MOST_PAGES = 1000  # an address beyond shows an empty page
SHOWN = (  # whatever a row says depends on these
    "id", "finding", "building__name", "building__area__name", "dwelling__entrance", "dwelling__room",
    "place__name", "place__address", "place__area__name",
    "asset__name", "asset__code", "asset__kind", "asset__address", "asset__area__name",
)  # fmt: skip


def _open(rows: Sequence[Any]) -> list[Any]:
    """Of rows of SHOWN: those that nobody has looked at."""
    return [row for row in rows if not row[1]]


def _version(rows: Sequence[Any]) -> str:
    said = repr([get_language(), *_open(rows)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def contents(user: Any) -> list[dict[str, Any]]:
    """For each running campaign how many objects are open and the version of each page; two queries.

    Those looked at count too: a page does not move because something was looked at.
    """
    rows = (
        CampaignTarget.objects.running_of(user)
        .as_walked()
        .order_by("campaign_id", *WALK)
        .values_list("campaign_id", *SHOWN)
    )
    told = []
    for campaign, group in groupby(rows, key=lambda row: row[0]):
        mine = [row[1:] for row in group]
        pages = [_version(mine[start : start + PER_PAGE]) for start in range(0, len(mine), PER_PAGE)]
        told.append({"id": str(campaign), "left": len(_open(mine)), "pages": pages})
    return told


def page(user: Any, campaign: Any, nth: int) -> dict[str, Any]:
    """The open objects of one page, [id, name, what leads there], with its version; two queries.

    The version is read first: what changes in between is fetched again, never missed.
    """
    own = CampaignTarget.objects.filter(campaign=campaign, campaign__status=Campaign.Status.RUNNING).visible_to(user)
    rows = own.as_walked()
    part = slice(min(nth, MOST_PAGES) * PER_PAGE, (min(nth, MOST_PAGES) + 1) * PER_PAGE)
    version = _version(list(rows.values_list(*SHOWN)[part]))
    return {
        "version": version,
        "rows": [[str(one.pk), str(one), one.where] for one in rows[part] if not one.finding],
    }
