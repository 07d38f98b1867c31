"""What incidents announce, inside the transaction in which it happened."""

from django.dispatch import Signal

# incident, move (name in MOVES, "report" or "approve_…"), before (status or ""), by, now
incident_changed = Signal()
# incident, level, stage, now: the ladder reached a level
incident_escalated = Signal()
