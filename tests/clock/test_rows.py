"""Many rows by one statement: the same as saving each."""

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.clock.models import Clock, Escalation
from gridgov.ids import uuid7
from gridgov.notices.models import Notice
from gridgov.rows import insert_rows, update_rows


def test_each_row_gets_its_own_values_and_keeps_the_rest(begin, now, django_assert_num_queries):
    clocks = [begin(now - timedelta(hours=n)) for n in range(3)]
    for n, clock in enumerate(clocks):
        clock.next_at = None if n == 1 else now + timedelta(seconds=n)
        clock.error = f"'quoted' {n} 出错"
        clock.level = n
        clock.stage = "unwritten"
    with django_assert_num_queries(1):
        update_rows(clocks, ["next_at", "error", "level"])
    for clock in clocks:
        kept = Clock.objects.get(pk=clock.pk)
        assert (kept.next_at, kept.error, kept.level) == (clock.next_at, clock.error, clock.level)
        assert kept.stage != "unwritten"


def test_no_rows_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows([], ["level"])


AWKWARD = ["", "NULL", "null", 'a "quoted" {brace}, comma', "back\\slash\\", "第一行\n第二行", "%s %%"]


def test_any_text_and_json_arrives_as_it_was(worker, now, django_assert_num_queries):
    rows = [(text, {"words": text, "n": [1, 2.5, None, True]}, None) for text in AWKWARD]
    with django_assert_num_queries(1):
        insert_rows(
            Notice, ["subject_id", "params", "read_at"], rows, same={"user": worker.pk, "code": "x", "created_at": now}
        )
    kept = Notice.objects.order_by("id")
    assert [row.subject_id for row in kept] == AWKWARD
    assert [row.params for row in kept] == [{"words": text, "n": [1, 2.5, None, True]} for text in AWKWARD]
    assert {(row.user_id, row.code, row.created_at, row.urgent, row.subject_kind) for row in kept} == {
        (worker.pk, "x", now, False, "")
    }


def test_times_and_spans_arrive_as_they_were(begin, now):
    clock = begin(now)
    spans = [timedelta(0), timedelta(days=400, seconds=5, microseconds=7), -timedelta(hours=3, microseconds=1)]
    rows = [(n, now + span, span) for n, span in enumerate(spans)]
    names = ["level", "planned_at", "late_by"]
    insert_rows(Escalation, names, rows, same={"clock": clock.pk, "revision": 1, "fired_at": now})
    kept = Escalation.objects.order_by("level").values_list("level", "planned_at", "late_by")
    assert list(kept) == rows


def test_what_is_too_long_or_there_already_is_refused_not_cut(begin, now):
    clock = begin(now)
    clock.error = "x" * 301
    with pytest.raises(DataError), transaction.atomic():
        update_rows([clock], ["error"])
    same = {"clock": clock.pk, "revision": 1, "fired_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Escalation, ["level", "planned_at", "late_by"], [(1, now, timedelta(0))] * 2, same=same)
    given = [(uuid7(), 1, now, timedelta(0))]
    insert_rows(Escalation, ["clock", "level", "planned_at", "late_by"], given, same={"revision": 1, "fired_at": now})
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    Escalation.objects.all().delete()


def test_acts_recorded_together_are_signed_like_those_recorded_alone(begin, office, now, django_assert_num_queries):
    clocks = [begin(now) for _ in range(3)]
    acts = [(clock, {"stage": "签收", "levels": [1, 2], "share": float(n)}) for n, clock in enumerate(clocks)]
    with django_assert_num_queries(1):
        audit.record_each("clock.escalated", acts, by=office, at=now)
    alone = audit.record("clock.escalated", clocks[0], by=office, at=now, **acts[0][1])
    rows = list(AuditEvent.objects.filter(action="clock.escalated").order_by("id"))
    assert [row.subject_id for row in rows] == [*(str(clock.pk) for clock in clocks), str(clocks[0].pk)]
    assert all(bytes(row.signature) == audit.signature(row) for row in rows)
    compared = [f.name for f in AuditEvent._meta.concrete_fields if f.name not in ("id", "signature")]
    kept = AuditEvent.objects.get(pk=alone.pk)
    assert [getattr(rows[0], name) for name in compared] == [getattr(kept, name) for name in compared]
