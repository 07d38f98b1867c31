"""Teams: units that hold work, posts (who does what, where, for which unit, from when until when), and duty."""

from teams.models.duty import DutyEntry, ShiftHandOver
from teams.models.leave import Leave, LeaveQuerySet
from teams.models.post import Assignment, AssignmentQuerySet, may_call, people_visible_to
from teams.models.publication import BoardText, PublicFace
from teams.models.roster import DutyTurn, RosterMonth, Shift, duty_areas
from teams.models.unit import Unit, UnitQuerySet

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "BoardText",
    "DutyEntry",
    "DutyTurn",
    "Leave",
    "LeaveQuerySet",
    "PublicFace",
    "RosterMonth",
    "Shift",
    "ShiftHandOver",
    "Unit",
    "UnitQuerySet",
    "duty_areas",
    "may_call",
    "people_visible_to",
]
