"""What the register hears from the ground: who lives in a building follows it into its grid, and a grid its street."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from grids.models import Area, Building
from grids.signals import area_moved, building_moved
from residents import actions


@receiver(building_moved)
def follow(sender: Any, *, building: Building, old: str, now: datetime, **_rest: Any) -> None:
    """In the same transaction as the move."""
    actions.follow_building(building, old_path=old, now=now)


@receiver(area_moved)
def follow_above(sender: Any, *, area: Area, old: str, now: datetime, **_rest: Any) -> None:
    """The same when an area hangs elsewhere in the tree."""
    actions.follow_area(area, old_path=old, now=now)
