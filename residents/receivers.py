"""What the register hears from the ground: who lives in a building follows it into its grid."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from grids.models import Building
from grids.signals import building_moved
from residents import actions


@receiver(building_moved)
def follow(sender: Any, *, building: Building, old: str, now: datetime, **_rest: Any) -> None:
    """In the same transaction as the move."""
    actions.follow_building(building, old_path=old, now=now)
