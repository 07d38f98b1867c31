"""The demo's boundary plans, without its quarter of incidents: one with a history, one with faults."""

from assessment.demo.plans import OLD_CODE, draft_of_today, split_of_the_past
from assessment.demo.street import SPLIT_HALVES, build
from gridgov.dbtime import database_now
from grids.division.checks import check, division_of
from grids.models import Area, AreaLineage, BoundaryPlan
from grids.workflow import PlanStatus


def test_the_demo_has_a_split_with_history_and_a_draft_with_faults(db, settings):
    settings.DEMO = True
    street = build(database_now())
    split_of_the_past(street)
    draft_of_today(street)
    draft, past = BoundaryPlan.objects.order_by("-id")
    assert (past.status, draft.status) == (PlanStatus.PUBLISHED, PlanStatus.DRAFT)
    assert Area.objects.get(code=OLD_CODE).retired_at == past.effective_at
    assert set(AreaLineage.objects.values_list("old__code", "new__code")) == {(OLD_CODE, one) for one in SPLIT_HALVES}
    assert past.hand_overs.filter(confirmed_at=None).count() == 0
    assert past.hand_overs.exists()
    assert {"overlap", "sliver"} <= {fault.code for fault in check(division_of(draft))}
