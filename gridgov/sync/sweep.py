"""Takes away photo files whose row never came to be (a transaction rolled back, a process killed)."""

from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage

from gridgov.sync.models import Attachment

GRACE = timedelta(hours=1)  # longer than any transaction lives


def remove_orphans(now: datetime) -> int:
    """Delete files under attachments/ older than an hour that no row names; how many it were."""
    removed = 0
    for folder in _folders():
        names = [f"attachments/{folder}/{name}" for name in default_storage.listdir(f"attachments/{folder}")[1]]
        old = [name for name in names if default_storage.get_modified_time(name) < now - GRACE]
        kept = set(Attachment.objects.filter(file__in=old).values_list("file", flat=True))
        kept |= {str(Path(name).with_name(Path(name).stem + "-thumb.jpg")) for name in kept}
        for name in set(old) - kept:
            default_storage.delete(name)
            removed += 1
    return removed


def _folders() -> list[str]:
    return default_storage.listdir("attachments")[0] if default_storage.exists("attachments") else []
