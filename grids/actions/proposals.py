"""Asking for proposals of a division, working them out, and taking one as a draft."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.audit import actions as audit
from gridgov.dbtime import database_now
from gridgov.notices import actions as notices
from grids.actions.plans.draft import as_they_stand, create_plan, require_next_level, save_draft
from grids.division import ground
from grids.division.checks import Division
from grids.division.document import step_of
from grids.division.numbers import houses_of
from grids.division.propose import Alternative, Wishes, proposals
from grids.division.shapes import BORDERS, Shape, feature, stored
from grids.division.ways import sides_of, ways_around
from grids.models import Area, BoundaryPlan, DivisionLimits, DivisionProposal, ProposedDivision
from grids.permissions import Perm, require

LOST_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 30)  # the task that claimed it has been ended by then
A_SHARE = settings.CELERY_TASK_TIME_LIMIT / 10  # of a task’s time: what begins later has a task of its own
MOST_TRIES = 2
AT_ONCE = 400  # buildings: fewer are divided within the request


@transaction.atomic
def propose(
    parent: Area, *, plan: BoundaryPlan | None, wishes: Wishes, by: Any, now: datetime, only: Area | None = None
) -> DivisionProposal:
    """Ask for ways to divide `parent` into grids; with `plan`, a draft of it, its walls and kept grids count.

    With `only`, one of its grids, that one is split and the others stay.
    """
    require(by, Perm.PLAN_BOUNDARIES, parent)
    if parent.retired_at is not None or parent.kind == Area.Kind.GRID:
        raise ValidationError(_("Choose a community in use."), code="not_divisible")
    if plan is None:
        require_next_level(parent, Area.Kind.GRID)
    if only is not None and (only.parent_id != parent.pk or only.retired_at is not None or not only.is_grid):
        raise ValidationError(_("Choose a grid in use."), code="not_divisible")
    if plan is not None and (plan.parent_id != parent.pk or not plan.editable):
        raise ValidationError(_("Only a draft can be changed."), code="not_draft")
    made = DivisionProposal.objects.create(
        parent=parent,
        area_path=parent.path,
        child_kind=plan.child_kind if plan else Area.Kind.GRID,
        plan=plan,
        plan_revision=plan.revision if plan else 0,
        only=only,
        count=wishes.count,
        old_estate=wishes.old_estate,
        created_at=now,
        created_by=by,
    )
    audit.record("grids.propose", made, by=by, at=now, count=wishes.count, old_estate=wishes.old_estate)
    return made


def soon_done(parent: Area) -> bool:
    """Whether there is so little to divide that the reader can wait for it."""
    return len(houses_of(parent)) < AT_ONCE


def work_out_waiting(*, now: datetime) -> int:
    """The proposals that nobody is working at, as many as begin within A_SHARE; how many. May run twice at once.

    One that was not finished by MOST_TRIES tasks is set aside with the reason, and with the ways it had.
    """
    worked, began = 0, monotonic()
    for lost in DivisionProposal.objects.filter(_free(now), finished_at=None, tries__gte=MOST_TRIES):
        _set_aside(lost, now=now)
    while (passed := monotonic() - began) < A_SHARE:
        claimed = _claimed(Q(), now + timedelta(seconds=passed))  # the others took time
        if claimed is None:
            break
        _work_out(claimed)
        _tell(claimed, now=database_now())
        worked += 1
    return worked


def _tell(proposal: DivisionProposal, *, now: datetime) -> None:
    """Who asked has gone to do something else meanwhile."""
    asked = DivisionProposal.objects.select_related("created_by", "parent", "only").get(pk=proposal.pk)
    if asked.finished_at is None:
        return
    params = {"area": (asked.only or asked.parent).name, "ways": asked.done, "fault": asked.fault}
    notices.tell([asked.created_by], "grids.proposal_ended", subject=asked, params=params, now=now)


def _free(now: datetime) -> Q:
    return Q(started_at=None) | Q(started_at__lt=now - LOST_AFTER)


@transaction.atomic
def _set_aside(proposal: DivisionProposal, *, now: datetime) -> None:
    found = DivisionProposal.objects.select_for_update().get(pk=proposal.pk)
    if found.finished_at is not None:
        return
    minutes = settings.CELERY_TASK_TIME_LIMIT // 60
    with _words_of_the_asker(found):
        found.fault = ngettext(
            "It took longer than %(n)d minute, %(tries)d times over. Ask for fewer grids, keep some, or draw walls.",
            "It took longer than %(n)d minutes, %(tries)d times over. Ask for fewer grids, keep some, or draw walls.",
            minutes,
        ) % {"n": minutes, "tries": found.tries}
    found.finished_at = now
    found.save(update_fields=["fault", "finished_at"])
    _tell(found, now=now)
    audit.record("grids.set_proposal_aside", found, by=None, at=now, tries=found.tries, done=found.done)


def _words_of_the_asker(proposal: DivisionProposal) -> AbstractContextManager[None]:
    """A worker speaks the office's language; whoever asked reads the reason in their own, where they chose one."""
    return translation.override(proposal.created_by.language or translation.get_language())


def work_out(proposal_id: UUID, *, now: datetime) -> None:
    """One proposal, if nobody is working at it."""
    claimed = _claimed(Q(pk=proposal_id), now)
    if claimed is not None:
        _work_out(claimed)


@transaction.atomic
def _claimed(which: Q, now: datetime) -> DivisionProposal | None:
    waiting = DivisionProposal.objects.filter(which, _free(now), finished_at=None, tries__lt=MOST_TRIES)
    rows = waiting.order_by("tries", "id")
    one = rows.select_for_update(skip_locked=True, of=("self",)).select_related("parent", "plan").first()
    if one is not None:
        one.started_at, one.done, one.tries = now, 0, one.tries + 1
        one.save(update_fields=["started_at", "done", "tries"])
        one.ways.all().delete()
    return one


def _work_out(proposal: DivisionProposal) -> None:
    division, walls = division_for(proposal)
    wishes = Wishes(proposal.count, proposal.old_estate)
    try:
        with _words_of_the_asker(proposal):
            for nth, way in enumerate(proposals(division, walls, wishes), 1):
                _keep(proposal, nth, way)
    except ValidationError as error:
        proposal.fault = " ".join(error.messages)[:400]
    proposal.finished_at = database_now()
    proposal.save(update_fields=["fault", "finished_at"])


@transaction.atomic
def _keep(proposal: DivisionProposal, nth: int, way: Alternative) -> None:
    facts = {"shapes": [feature(shape) for shape in way.shapes], "figures": way.figures}
    ProposedDivision.objects.create(proposal=proposal, nth=nth, aim=way.aim, **facts)
    proposal.done = nth
    proposal.save(update_fields=["done"])


def division_for(proposal: DivisionProposal) -> tuple[Division, list[dict[str, Any]]]:
    """What is divided, and the walls: the draft's newest step, or the areas as they stand with dedicated grids kept."""
    parent, kind = proposal.parent, proposal.child_kind
    if proposal.plan is not None:
        step = step_of(proposal.plan)
        shapes, walls = stored(step.shapes), step.walls
    else:
        standing, _base = as_they_stand(parent, kind)
        shapes, walls = [_kept(shape, proposal.only_id) for shape in standing], []
    known = {area.pk: area for area in Area.objects.filter(parent=parent, kind=kind)}
    outline, limits = ground.outline_of(parent), DivisionLimits.for_division(parent, kind)
    ways = ways_around(parent, outline)
    return Division(parent, kind, shapes, outline, houses_of(parent), known, limits, ways), walls


def _kept(shape: Shape, only: int | None) -> Shape:
    """Dedicated grids (a school, a market) are no part of what is balanced; where one grid is split, no other is."""
    return shape.but(locked=shape.area_id != only if only else _dedicated(shape))


def _dedicated(shape: Shape) -> bool:
    return shape.grid_kind == Area.GridKind.DEDICATED


def _locked(way: ProposedDivision) -> DivisionProposal:
    """The proposal, locked, so that whoever takes the same way at the same time comes after; the way as it is now."""
    rows = DivisionProposal.objects.select_for_update(of=("self",)).select_related("parent", "plan")
    proposal = rows.get(pk=way.proposal_id)
    way.refresh_from_db(fields=["draft"])
    return proposal


@transaction.atomic
def take_proposal(way: ProposedDivision, *, name: str, by: Any, now: datetime) -> BoundaryPlan:
    """Make one way a draft: the next step of the draft it was asked for, else a new draft. Undone there.

    Pressed twice it is one draft. `Meanwhile` when that draft was saved since; ValidationError when it is no draft any
    more.
    """
    proposal = _locked(way)
    require(by, Perm.PLAN_BOUNDARIES, proposal.parent)
    if way.draft is not None and proposal.plan is None and way.draft.editable:
        return way.draft
    shapes, walls = _described(named(stored(way.shapes)), proposal.parent), []
    if proposal.only_id is not None:
        shapes = [shape.but(locked=False) for shape in shapes]
    plan = proposal.plan
    if plan is not None:
        walls, revision = step_of(plan).walls, proposal.plan_revision
    else:
        plan = create_plan(proposal.parent, kind=proposal.child_kind, name=name, by=by, now=now)
        revision = plan.revision
    known = set(plan.parent.children.filter(retired_at=None).values_list("pk", flat=True))
    if any(shape.area_id not in known for shape in shapes if shape.area_id is not None):
        raise ValidationError(_("The areas have changed since. Ask for new proposals."), code="outdated")
    saved = save_draft(plan, shapes, walls, revision=revision, by=by, now=now)
    ProposedDivision.objects.filter(proposal=proposal, nth=way.nth).update(draft=saved)
    if proposal.plan_id is not None:
        DivisionProposal.objects.filter(pk=proposal.pk).update(plan_revision=saved.revision)
    audit.record("grids.take_proposal", proposal, by=by, at=now, nth=way.nth, plan=str(saved.pk))
    return saved


def _described(shapes: list[Shape], parent: Area) -> list[Shape]:
    """Borders in words that nobody has written are suggested from the roads and water they run along."""
    ways = ways_around(parent, ground.outline_of(parent))
    if not ways:
        return shapes
    suggested = {shape.key: sides_of(shape.geometry, ways) for shape in shapes if not any(shape.borders)}
    return [
        shape.but(borders=tuple(suggested[shape.key][side] for side in BORDERS)) if shape.key in suggested else shape
        for shape in shapes
    ]


def named(shapes: list[Shape]) -> list[Shape]:
    """New grids get a name of their own in the language of who takes them."""
    taken = {shape.name for shape in shapes}
    fresh = (f"{_('New grid')} {n}" for n in range(1, 10_000))
    return [shape if shape.name else shape.but(name=next(n for n in fresh if n not in taken)) for shape in shapes]
