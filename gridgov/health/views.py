"""`/healthz` for everybody, `/metrics` for the machine itself or who has the token."""

import hmac
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from gridgov.dbtime import database_now
from gridgov.health import actions, exports, probes
from gridgov.health.models import Heartbeat

LOOPBACK = {"127.0.0.1", "::1"}


def _age(seen_at: datetime | None, now: datetime) -> dict[str, Any]:
    if seen_at is None:
        return {"fine": False, "age": None}
    age = max((now - seen_at).total_seconds(), 0.0)
    return {"fine": age <= settings.WATCH["heartbeat"], "age": round(age, 1)}


def _database() -> dict[str, dict[str, Any]]:
    """Database, worker, beat and what the probes measure: all are known by it alone."""
    dead = {"fine": False, "age": None}
    try:
        now = database_now()
        seen = dict(Heartbeat.objects.values_list("process", "seen_at"))
        measured = {one.name: {"fine": one.fine, **one.figures} for one in probes.readings(now)}
    except DatabaseError:
        return {"database": {"fine": False}, "worker": dead, "beat": dead}
    return {
        "database": {"fine": True},
        "worker": _age(seen.get(actions.WORKER), now),
        "beat": _age(seen.get(actions.BEAT), now),
        **measured,
    }


def _redis() -> dict[str, Any]:
    try:
        cache.get("health")
    except (RedisError, OSError):
        return {"fine": False}
    return {"fine": True}


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Each part fine or not, ages in seconds; 200 when all are, else 503. Says nothing about data or versions."""
    body = {**_database(), "redis": _redis()}
    fine = all(part["fine"] for part in body.values())
    return JsonResponse({"fine": fine, **body}, status=200 if fine else 503)


def _may_read_metrics(request: HttpRequest) -> bool:
    """The token, or a call from this machine that no proxy passed on."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return True
    direct = "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers
    return direct and request.META.get("REMOTE_ADDR") in LOOPBACK


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics; for anybody else the page does not exist."""
    if not _may_read_metrics(request):
        raise Http404
    answer = ExportToDjangoView(request)
    with suppress(DatabaseError):  # what the web processes counted is worth having while the database is away
        answer.content += exports.exposition()
    return answer
