"""A day's tray handed in with any repetitions, reorderings and cuts ends in the same database as handed in once."""

import hashlib
import json
import sys
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.clock.seed import seed_calendars
from gridgov.sync import registry
from gridgov.sync.models import Attachment, Envelope
from incidents import doors, field_doors
from incidents.models import Incident, Step
from tests import factories
from tests.examples import examples
from tests.sync.conftest import picture

PHOTOS = [picture(size=(20 + n, 20)) for n in range(3)]
SHA = [hashlib.sha256(photo).hexdigest() for photo in PHOTOS]


@pytest.fixture
def day(worker, grid, enforcement_unit, office, now, monkeypatch, sign_in):
    """(client, records): reports, comments and steps of one worker's day, photos with some."""
    taken = {
        "incidents.report": doors.report,
        "incidents.comment": field_doors.comment,
        "incidents.step": field_doors.step,
    }
    monkeypatch.setattr(registry, "_handlers", taken)
    seed_calendars(now=now)
    category = factories.make_category(lead=enforcement_unit)
    lamp = factories.make_asset(grid, "9901010118000001")
    cases = [
        factories.make_incident(factories.make_building(grid), by=worker, now=now, category=category) for _n in range(3)
    ]
    records = [
        ("incidents.report", {"category": category.code, "description": "甲"}, [0, 1]),
        ("incidents.report", {"category": category.code, "description": "乙"}, []),
        ("incidents.report", {"category": category.code, "description": "丙", "resolved": "清走了"}, [2]),
        ("incidents.report", {"category": "none", "description": "没有这个类别"}, [1]),
        ("incidents.report", {"category": category.code, "thing": f"asset:{lamp.pk}", "description": "灯不亮"}, [2]),
        ("incidents.report", {"category": category.code, "thing": "asset:0", "description": "名录里已没有"}, []),
        ("incidents.comment", {"incident": str(cases[0].pk), "words": "门锁着"}, [0]),
        ("incidents.step", {"incident": str(cases[1].pk), "step": "withdraw", "words": ""}, []),
        ("incidents.step", {"incident": str(cases[2].pk), "step": "sign", "words": ""}, []),
    ]
    return sign_in(worker), [(uuid.UUID(int=n + 1), *record) for n, record in enumerate(records)]


def hand_in(client, number, kind, payload, photos, cut: int = 0):
    """PUT one record; `cut` bytes are missing at the end when the line broke."""
    body = {"kind": kind, "payload": payload, "attachments": [{"sha256": SHA[n]} for n in photos]}
    data = json.dumps(body).encode()
    return client.put(f"/api/v1/sync/{number}/", data[: len(data) - cut], content_type="application/json")


def hand_photo(client, number, n: int, cut: int = 0):
    data = PHOTOS[n][: len(PHOTOS[n]) - cut]
    return client.put(f"/api/v1/sync/{number}/attachments/{SHA[n]}/", data, content_type="image/jpeg")


def database() -> dict[str, list]:
    """What counts: everything but the ids and times of a run."""
    incidents = {
        str(i.pk): (i.description, i.status, i.category.code, str(i.asset_id))
        for i in Incident.objects.select_related("category")
    }
    envelopes = Envelope.objects.order_by("pk").values_list(
        "pk", "kind", "digest", "needs_review", "problems", "result_kind"
    )
    steps = Step.objects.values_list("incident_id", "move", "status", "words")
    own = {str(e.pk): e.subject for e in Envelope.objects.all()}
    subjects = {subject: incidents.get(subject[1], number) for number, subject in own.items()}
    photos = Attachment.objects.values_list("subject_kind", "subject_id", "sha256")
    return {
        "incidents": sorted(incidents.values()),
        "envelopes": [tuple(bytes(v) if isinstance(v, memoryview) else str(v) for v in row) for row in envelopes],
        "steps": sorted((incidents[str(i)][0], move, status, words) for i, move, status, words in steps),
        "photos": sorted((str(subjects[(kind, sid)]), sha) for kind, sid, sha in photos),
    }


def deliver(client, records, turns) -> None:
    """One run: `turns` is what the phone tried, in its order; then it goes on until everything is confirmed."""
    for which, what, cut in turns:
        number, kind, payload, photos = records[which % len(records)]
        if what == "record":
            hand_in(client, number, kind, payload, photos, cut)
        elif photos:
            hand_photo(client, number, photos[what % len(photos)], cut)
    for number, kind, payload, photos in records:
        answer = hand_in(client, number, kind, payload, photos).json()
        for sha in answer["missing"]:
            answer = hand_photo(client, number, SHA.index(sha)).json()
        assert answer["complete"] is True


turn = st.tuples(st.integers(0, 8), st.sampled_from(["record", "record", 0, 1]), st.sampled_from([0, 0, 0, 1, 40]))


def test_any_repetition_order_and_cut_ends_in_the_same_database(day, capsys):
    client, records = day
    outcomes = []

    def run(turns) -> dict[str, list]:
        with transaction.atomic():
            deliver(client, records, turns)
            found = database()
            transaction.set_rollback(True)
        return found

    once = run([])
    assert len(once["envelopes"]) == len(records)

    @settings(max_examples=examples(15, 1500), suppress_health_check=list(HealthCheck))
    @given(st.lists(turn, max_size=25))
    def holds(turns):
        assert run(turns) == once
        outcomes.append(len(turns))

    holds()
    assert outcomes
    with capsys.disabled():
        name = f"repeated, reordered or cut, {len(outcomes)} days of {len(records)}"
        sys.stdout.write(f"\n  fault {name:<44} injected {sum(outcomes):>4}  lost  0  doubled  0\n")
