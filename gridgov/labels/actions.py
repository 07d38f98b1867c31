"""Writing the office's words. Who may is the caller's question (incidents.actions.labels); the audit row is too."""

from django.db import connection, transaction
from django.db.models import Max

from gridgov.labels import words
from gridgov.labels.models import Label

LOCK = 7_020_117  # one change of labels at a time, so that versions become visible in their order


@transaction.atomic
def put(changed: dict[str, tuple[str, str]]) -> None:
    """Set (Chinese, English) for each key, empty for the program's word; seen by everyone once committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    version = (Label.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
    rows = [Label(key=key, zh=zh, en=en, version=version) for key, (zh, en) in changed.items()]
    Label.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=["zh", "en", "version"])
    transaction.on_commit(words.read)
