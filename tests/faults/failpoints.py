"""What a worker of a fault does differently, said by FAULT_* variables: it dies at a given point, it is slow, it errs.

Nothing of this is in the product: the wrapped Celery app puts it around the product's functions.
"""

import json
import os
import random
import signal
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

GATEWAY_PATIENCE = 2.0
REACHED = "desk"  # the checker asks for a message of every notice to this person


def die_sometimes(point: str) -> None:
    """SIGKILL to this very process, when the fault says that it dies here, once in so many times."""
    named, _colon, odds = os.environ.get("FAULT_KILL", "").partition(":")
    if named == point and random.random() < float(odds):
        with open(os.environ["FAULT_DEATHS"], "ab", buffering=0) as told:
            told.write(f"{point}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


class GatewayChannel:
    """Sends notices to the gateway of the run."""

    name = label = "gateway"
    at_once = frozenset({"urgent", "deadline", "work", "other"})

    def reaches(self, users: Any) -> set[int]:
        """One of those who are told of each case: the outbox is one fault among many, not the load."""
        return {user.pk for user in users if user.username == REACHED}

    def address(self, user: Any) -> tuple[str, ...]:
        return (str(user.public_id),)

    def deliver(self, parcel: Any) -> None:
        body = json.dumps({"key": parcel.key, "recipient": parcel.to[0]}).encode()
        request = urllib.request.Request(os.environ["FAULT_GATEWAY"], body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=GATEWAY_PATIENCE):
            die_sometimes("before mark sent")


def _around(what: Callable[..., Any], after: Callable[[], None]) -> Callable[..., Any]:
    @wraps(what)
    def call(*args: Any, **kwargs: Any) -> Any:
        answer = what(*args, **kwargs)
        after()
        return answer

    return call


def _dawdle() -> None:
    time.sleep(float(os.environ.get("FAULT_SLOW", "0")))


def install() -> None:
    """Once Django stands: the gateway as a channel, short pauses, small batches, and the points to die at."""
    from gridgov.clock import sweep
    from gridgov.notices import channels, delivery, postponing
    from incidents.clocks import IncidentClocks

    channels.register(GatewayChannel())
    postponing._policies.clear()  # quiet hours are no fault: it must come out the same by night
    delivery.FIRST_PAUSE, delivery.LEASE = timedelta(seconds=1), timedelta(seconds=6)
    sweep.BATCH = int(os.environ.get("FAULT_BATCH", "50"))
    sweep._batch = _around(sweep._batch, lambda: die_sometimes("after commit"))
    IncidentClocks.escalated = _around(IncidentClocks.escalated, _dawdle)  # type: ignore[method-assign]


def shift_clock() -> None:
    """Let this machine's clock be wrong by FAULT_CLOCK seconds, for everything that asks it."""
    seconds = int(os.environ.get("FAULT_CLOCK", "0"))
    if seconds:
        import time_machine

        time_machine.travel(time.time() + seconds, tick=True).start()
