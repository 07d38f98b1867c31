"""What tests of campaigns ask, and how an envelope from the phone answers."""

from uuid import uuid4

from gridgov.sync.actions import receive
from incidents.actions.campaigns import Asked

PLANS = {"office"}


WORKS = {"worker", "lead"}


def item(label="有电动车在楼道充电吗", kind="yes_no", abnormal=("yes",), category="0302", choices=()):
    found = {"kind": kind, "label": label, "abnormal": list(abnormal), "category": category if abnormal else ""}
    return found | {"choices": list(choices)}


def without(asked, **more):
    return Asked(**({name: getattr(asked, name) for name in asked.__slots__} | more))


def send(target, answers, by, now, key=None, **more):
    payload = {"target": str(target.pk), "answers": answers, "rectified": False, "words": "", **more}
    return receive(key or uuid4(), "incidents.campaign_check", payload, by=by, now=now, keep=True)
