"""What the ground announces, inside the transaction in which it happened (docs/architecture.md, "Rooms")."""

from django.dispatch import Signal

area_moved = Signal()  # area, old, new (paths), by, now
building_moved = Signal()  # building, old, new (area paths), by, now
boundary_changed = Signal()  # area, version (None: removed), by, now
plan_previewed = Signal()  # change (division.change.Change), by; answers a division.preview.Preview or None
plan_effective = Signal()  # change with all its ids, by, now; everything below has moved, receivers move the rest
