import json
import logging

import pytest
import structlog
from django.core.exceptions import DisallowedHost

from gridgov import logs


def line(form, event, *, logger="gridgov", level=logging.INFO, error=None):
    formatter = structlog.stdlib.ProcessorFormatter(**without_factory(logs.configure("INFO", form)))
    trace = (type(error), error, None) if error else None
    return formatter.format(logging.LogRecord(logger, level, __file__, 1, event, None, trace))


def without_factory(config):
    return {key: value for key, value in config["formatters"]["lines"].items() if key != "()"}


def test_json_line_masks_a_phone_in_words():
    written = json.loads(line("json", "Key (phone)=(13800138000) already exists"))
    assert written["event"] == "Key (phone)=(138****8000) already exists"
    assert written["level"] == "info"


def test_search_words_never_reach_the_log():
    event = logs.without_query(None, "", {"event": "request_finished", "request": "GET /residents/?q=王秀英"})
    assert event["request"] == "GET /residents/"


def test_monitors_questions_are_left_out_only_while_all_is_well():
    with pytest.raises(structlog.DropEvent):
        logs.without_knocks(None, "", {"code": 200, "request": "GET /healthz"})
    assert logs.without_knocks(None, "", {"code": 503, "request": "GET /healthz"})["code"] == 503


@pytest.mark.parametrize(("logger", "traced"), [("django.security.DisallowedHost", False), ("django.request", True)])
def test_a_scanner_is_one_line_and_a_fault_is_traced(logger, traced):
    error = DisallowedHost("Invalid HTTP_HOST header: 'evil.example'.")
    written = json.loads(line("json", str(error), logger=logger, level=logging.ERROR, error=error))
    assert written["event"] == str(error)
    assert ("exception" in written) is traced
    assert written["level"] == ("error" if traced else "warning")
