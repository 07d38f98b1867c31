"""What a worker renders (messages to people, exports) says the office's words too."""

from typing import Any

from celery.signals import task_prerun

from gridgov.labels import words


@task_prerun.connect
def look_before_a_task(**kwargs: Any) -> None:
    """At most one query every half minute."""
    words.look()
