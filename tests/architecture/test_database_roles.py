import pytest
from django.db import connection, utils

from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent


@pytest.mark.django_db
def test_app_role_cannot_change_audit_rows():
    audit.record("x.y", None, by=None)
    with pytest.raises(utils.ProgrammingError, match="permission denied"):
        AuditEvent.objects.update(action="z")


@pytest.mark.django_db
def test_program_acts_as_app():
    with connection.cursor() as c:
        c.execute("select current_user")
        assert c.fetchone() == ("gridgov_app",)


@pytest.mark.django_db
def test_no_query_is_compiled():
    """Compiling takes a hundred times as long as what it compiles, for rules that name many subtrees."""
    with connection.cursor() as c:
        c.execute("show jit")
        assert c.fetchone() == ("off",)
