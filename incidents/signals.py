"""What incidents announce, inside the transaction in which it happened."""

from django.dispatch import Signal

# incident, move (name in MOVES, "report" or "approve_…"), before (status or ""), by, now
incident_changed = Signal()
# levels (incident and level of each), now: the ladder reached levels, in one sweep
incidents_escalated = Signal()
