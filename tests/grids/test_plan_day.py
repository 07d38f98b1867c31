"""The day of a plan: it comes once, and a plan that fails never holds up the others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grids.actions import plans
from grids.actions.plans import effect
from grids.workflow import PlanStatus
from tests.grids.divided import cell, set_polygon


def test_the_day_comes_once_and_a_plan_that_no_longer_fits_goes_back(
    draft, cast, spring, office_admin, leader, now, later
):
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    plans.submit(draft, effective_on=tomorrow, words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)
    assert plans.take_effect_today(now=now) == 0
    assert plans.take_effect_today(now=now + timedelta(days=1)) == 1
    assert plans.take_effect_today(now=now + timedelta(days=1)) == 0
    other = plans.create_plan(spring, kind="grid", name="另一个", by=office_admin, now=later)
    plans.submit(other, effective_on=tomorrow, words="好", by=office_admin, now=later)
    plans.approve(other, by=leader, now=later)
    cast.grids[5].boundaries.filter(until=None).update(until=later)
    set_polygon(cast.grids[5], cell(5).buffer(-1e-4), later)
    assert plans.take_effect_today(now=now + timedelta(days=2)) == 0
    other.refresh_from_db()
    assert other.status == PlanStatus.DRAFT
    assert "第六" in other.notes.last().words or "和平实验学校" in other.notes.last().words


def test_a_plan_that_fails_does_not_hold_up_the_others(draft, office_admin, leader, now, later, monkeypatch, caplog):
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)
    real, calls = effect.take_effect, []

    def first_fails(plan, **facts):
        calls.append(plan.pk)
        if len(calls) == 1:
            raise RuntimeError("poison")
        return real(plan, **facts)

    monkeypatch.setattr(effect, "take_effect", first_fails)
    assert plans.take_effect_today(now=later) == 0
    assert "could not take effect" in caplog.text
    draft.refresh_from_db()
    assert draft.status == PlanStatus.APPROVED
    assert plans.take_effect_today(now=later) == 0
    assert plans.take_effect_today(now=later + effect.AGAIN_AFTER) == 1


def test_plans_that_fail_again_and_again_are_set_aside_and_never_fill_the_batch(
    draft, spring, office_admin, leader, sign_in, now, later, monkeypatch
):
    bad = [draft, plans.create_plan(spring, kind="grid", name="也坏", by=office_admin, now=now)]
    good = plans.create_plan(spring, kind="grid", name="好的", by=office_admin, now=now)
    for plan in (*bad, good):
        plans.submit(plan, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
        plans.approve(plan, by=leader, now=now)
    real, calls = effect.take_effect, []

    def poisoned(plan, **facts):
        calls.append(plan.name)
        if plan in bad:
            raise RuntimeError("the map broke")
        return real(plan, **facts)

    monkeypatch.setattr(effect, "take_effect", poisoned)
    assert plans.take_effect_today(now=later, limit=2) == 0
    assert plans.take_effect_today(now=later, limit=2) == 1  # the third, though the first two are still due
    for nth in range(1, effect.MOST_TRIES + 3):
        plans.take_effect_today(now=later + nth * effect.AGAIN_AFTER, limit=2)
    assert calls.count("也坏") == effect.MOST_TRIES
    draft.refresh_from_db()
    assert (draft.status, draft.tries, draft.stuck) == (PlanStatus.APPROVED, 6, "RuntimeError: the map broke")
    client = sign_in(office_admin, lang="en")
    assert "failed 6 times and is set aside" in client.get(f"/areas/plans/{draft.pk}/").content.decode()
    assert "set aside" in client.get("/areas/plans/").content.decode()
    assert "it could not take effect and is set aside" in client.get("/notices/").content.decode()
    done = real(draft, by=office_admin, now=later + timedelta(days=1))  # by hand, once the fault is mended
    assert (done.status, done.stuck) == (PlanStatus.EFFECTIVE, "")


def test_a_plan_that_takes_the_worker_with_it_is_set_aside_too(draft, office_admin, leader, now, later, monkeypatch):
    plans.submit(draft, effective_on=timezone.localdate(now), words="好", by=office_admin, now=now)
    plans.approve(draft, by=leader, now=now)

    def killed(plan, **_facts):
        raise SystemExit

    monkeypatch.setattr(effect, "take_effect", killed)
    for nth in range(effect.MOST_TRIES):
        with pytest.raises(SystemExit):
            plans.take_effect_today(now=later + nth * effect.AGAIN_AFTER)
    assert plans.take_effect_today(now=later + effect.MOST_TRIES * effect.AGAIN_AFTER) == 0
    draft.refresh_from_db()
    assert "broken off" in draft.stuck or "中断" in draft.stuck
    back = plans.send_back(draft, words="再画", by=leader, now=later)
    plans.submit(back, effective_on=timezone.localdate(later), words="好", by=office_admin, now=later)
    fresh = plans.approve(back, by=leader, now=later)
    assert (fresh.tries, fresh.stuck) == (0, "")
