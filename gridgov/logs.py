"""Logs: one JSON object a line for machines, plain lines for a terminal, and no personal data in either."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from gridgov.privacy.masks import mask_text

QUERY = re.compile(r"\?\S*")
WRITTEN_BY_PEOPLE = ("event", "request", "exception", "error", "stack")
Event = MutableMapping[str, Any]


def without_query(logger: Any, name: str, event: Event) -> Event:
    """Cut what follows `?` off addresses: searches hold names and phone numbers."""
    if isinstance(event.get("request"), str):
        event["request"] = QUERY.sub("", event["request"])
    return event


def without_knocks(logger: Any, name: str, event: Event) -> Event:
    """Leave out the load balancer's and the monitor's successful questions."""
    if event.get("code") == 200 and event.get("request") in ("GET /healthz", "GET /metrics"):
        raise structlog.DropEvent
    return event


def strangers_in_one_line(logger: Any, name: str, event: Event) -> Event:
    """Whoever asks by a name that is not ours, as scanners do all day, is no fault of the program to be traced."""
    if event.get("logger") == "django.security.DisallowedHost":
        event.pop("exc_info", None)
        event["level"] = "warning"
    return event


def masked(logger: Any, name: str, event: Event) -> Event:
    """Mask phone and identity numbers that slipped into words, as in a database's error message."""
    for key in WRITTEN_BY_PEOPLE:
        if isinstance(event.get(key), str):
            event[key] = mask_text(event[key])
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    strangers_in_one_line,
    structlog.processors.format_exc_info,
    without_query,
    without_knocks,
    masked,
]


def configure(level: str, form: str) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING; `form` is "json" or "text"."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        if form == "text"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            }
        },
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "celery": {"level": level},
            "celery.app.trace": {"level": "WARNING"},  # a line for each knock of the clock would bury the rest
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "django_structlog.celery": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},  # each step of each sheet
        },
    }
