"""Whatever is asked of the API, fitting its description or not: an answer, never a 5xx. The same few each time."""

import sys
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

EXAMPLES = 12  # of each operation, for each of the two modes
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
quick = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def operations(db):
    """Every operation, by name."""
    described = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(described)
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def ask(client, case, real):
    """Send the case as it is, with the ids of `real` records in place of made-up ones."""
    path = case.path
    for name, value in {**(case.path_parameters or {}), **real}.items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    query = urlencode({str(k): v for k, v in (case.query or {}).items()}, doseq=True)
    sent = {}
    if not isinstance(case.body, type(schemathesis.core.NOT_SET)):
        body = case.body if isinstance(case.body, bytes) else DjangoJSONEncoder().encode(case.body).encode()
        sent = {"data": body, "content_type": "application/json"}
    return client.generic(case.method, f"{path}?{query}", **sent)


def property_of(operation, mode, client, known, answers):
    """Asks one operation a dozen times, about records that exist and others; nothing stays."""

    @quick
    @given(case=operation.as_strategy(generation_mode=mode), existing=st.booleans())
    def never_breaks(case, existing):
        with transaction.atomic():
            answer = ask(client, case, known if existing else {})
            transaction.set_rollback(True)
        answers.append(answer.status_code)
        assert answer.status_code < 500, (operation.label, case.path_parameters, case.query, case.body)

    return never_breaks


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_no_operation_breaks(mode, operations, sign_in, office, incident, grid, ground, capsys):
    client, answers = sign_in(office), []
    for operation in operations.values():
        here = [
            pk for part, pk in (("/incidents/{id}", incident.pk), ("/areas/{id}", grid.pk)) if part in operation.path
        ]
        try:
            property_of(operation, mode, client, {"id": here[0]} if here else {}, answers)()
        except Unsatisfiable:  # nothing about it can be wrong
            continue
    with capsys.disabled():
        sys.stdout.write(f"\n{mode.value}: {len(answers)} requests, {dict(sorted(Counter(answers).items()))}\n")
    assert len(answers) > 100
