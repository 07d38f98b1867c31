"""Teams: units that hold work, and posts: who does what, where, for which unit, from when until when."""

from teams.models.leave import Leave, LeaveQuerySet
from teams.models.post import Assignment, AssignmentQuerySet, may_call, people_visible_to
from teams.models.publication import BoardText, PublicFace
from teams.models.unit import Unit, UnitQuerySet

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "BoardText",
    "Leave",
    "LeaveQuerySet",
    "PublicFace",
    "Unit",
    "UnitQuerySet",
    "may_call",
    "people_visible_to",
]
