"""Whatever stands in a record from a phone, the door takes it in, keeps it for review or says what is wrong with it."""

import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.sync.actions import receive
from incidents import actions
from incidents.models import Incident, Step
from tests import factories
from tests.examples import examples

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
LONG = st.sampled_from(["长" * 300, "9" * 400, "nan", "inf", "-1", "1e400"])
NUMBER = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(10**400))
SINGLE = st.one_of(st.none(), st.booleans(), NUMBER, TEXT, LONG)
NONSENSE = st.one_of(SINGLE, st.lists(SINGLE, max_size=3), st.dictionaries(TEXT, SINGLE, max_size=2))


@pytest.fixture
def sound(category, building, incident, lead, cast, now):
    """Kind → a payload that would be taken in."""
    route = factories.make_route(cast.areas["grid"], by=lead, now=now)
    stop = route.checkpoints.first().pk
    patrol = {"patrol": str(uuid.uuid4()), "route": route.pk, "plan": None, "at": now.timestamp(), "seq": 0}
    fix = [124.0, 29.4, now.timestamp(), 6.0]
    return {
        "incidents.report": {
            "category": category.code,
            "building": building.pk,
            "lon": 1.0,
            "lat": 2.0,
            "accuracy": 3.0,
            "place": "x",
            "description": "y",
            "channel": "field",
            "location_source": "pin",
            "patrol": "",
            "caller_name": "",
            "caller_phone": "",
            "street": "",
            "resolved": "",
            "is_confidential": False,
        },
        "incidents.comment": {"incident": str(incident.pk), "words": "x"},
        "incidents.step": {"incident": str(incident.pk), "step": "self_resolve", "words": "x"},
        "incidents.campaign_check": {"target": str(uuid.uuid4()), "answers": ["yes"], "rectified": False, "words": ""},
        "teams.patrol": {**patrol, "fact": "start"},
        "teams.patrol_track": {**patrol, "points": [fix]},
        "teams.checkpoint": {
            **patrol,
            "checkpoint": stop,
            "how": "hand",
            "why": "",
            "words": "",
        },
    }


@given(data=st.data())
@settings(max_examples=examples(120, 5_000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_is_kept_and_never_an_error(sound, worker, now, data):
    kind = data.draw(st.sampled_from(sorted(sound)))
    wrong = data.draw(st.sets(st.sampled_from(sorted(sound[kind])), min_size=1, max_size=2))
    payload = sound[kind] | {name: data.draw(NONSENSE, label=name) for name in sorted(wrong)}
    with transaction.atomic():
        receipt = receive(uuid.uuid4(), kind, payload, by=worker, now=now, keep=True)
        transaction.set_rollback(True)
    assert receipt.status in (201, 202)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("building", "三号楼"),
        ("building", {"id": 1}),
        ("lon", 10**400),
        ("accuracy", "inf"),
        ("accuracy", -5),
        ("place", "长" * 201),
        ("location_source", "somewhere else"),
        ("channel", ["field"]),
    ],
)
def test_a_report_with_a_value_that_is_none_waits_for_somebody(sound, worker, now, name, value):
    payload = sound["incidents.report"] | {name: value}
    receipt = receive(uuid.uuid4(), "incidents.report", payload, by=worker, now=now, keep=True)
    assert (receipt.status, [one["field"] for one in receipt.problems]) == (202, [name])
    assert not Incident.objects.filter(description="y").exists()


def test_a_step_counts_once_by_the_phones_plain_form_and_by_its_tray(incident, cast, worker, lead, desk, now, sign_in):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["team"])
    actions.move(moved, "sign", by=worker, now=now)
    number, url = uuid.uuid4(), reverse("incidents:move", args=[incident.pk, "note"])
    client, said = sign_in(worker), {"client_id": number, "door": "field", "words": "已联系\r\n明天来"}
    assert [client.post(url, said).status_code for _time in range(2)] == [302, 302]
    payload = {"incident": str(incident.pk), "step": "note", "words": "已联系\n明天来"}
    assert receive(number, "incidents.step", payload, by=worker, now=now, keep=True).status == 200
    assert list(Step.objects.filter(move="note").values_list("words", flat=True)) == ["已联系\n明天来"]
    again = client.post(url, {**said, "words": "后天来"})
    assert "已提交过不同" in again.content.decode()
