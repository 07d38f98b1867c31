"""Teams: units that hold work, posts (who does what, where, for which unit, from when until when), and duty."""

from teams.models.duty import DutyEntry, ShiftHandOver
from teams.models.leave import Leave, LeaveQuerySet
from teams.models.patrol import Checkpoint, PatrolPlan, PatrolRoute
from teams.models.post import Assignment, AssignmentQuerySet, may_call, people_visible_to
from teams.models.publication import BoardText, PublicFace
from teams.models.roster import DutyTurn, RosterMonth, Shift, duty_areas
from teams.models.task import RefusedTask, TaskType
from teams.models.unit import Unit, UnitQuerySet
from teams.models.walk import (
    CheckpointMark,
    Patrol,
    PatrolCoverage,
    PatrolFact,
    PatrolKey,
    PatrolTrack,
    TrackChunk,
    TrackLook,
)

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "BoardText",
    "Checkpoint",
    "CheckpointMark",
    "DutyEntry",
    "DutyTurn",
    "Leave",
    "LeaveQuerySet",
    "Patrol",
    "PatrolCoverage",
    "PatrolFact",
    "PatrolKey",
    "PatrolPlan",
    "PatrolRoute",
    "PatrolTrack",
    "PublicFace",
    "RefusedTask",
    "RosterMonth",
    "Shift",
    "ShiftHandOver",
    "TaskType",
    "TrackChunk",
    "TrackLook",
    "Unit",
    "UnitQuerySet",
    "duty_areas",
    "may_call",
    "people_visible_to",
]
