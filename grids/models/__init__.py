"""What the ground is made of: the tree of areas, boundaries, buildings, plans that divide it, and imports."""

from grids.models.area import ALPHABET, SEGMENT, Area, AreaQuerySet, AreaUserPermission, segment
from grids.models.ground import BoundaryVersion, Building, BuildingQuerySet
from grids.models.imports import ImportBatch, ImportBatchQuerySet
from grids.models.plan import (
    AreaLineage,
    BoundaryPlan,
    BoundaryPlanQuerySet,
    DivisionLimits,
    FormerCode,
    HandOver,
    PlanNote,
    PlanStep,
)
from grids.models.plan_image import PlanImage
from grids.models.proposal import DivisionProposal, DivisionProposalQuerySet, ProposedDivision
from grids.models.review import ReviewDecision, StandardReview, StandardReviewQuerySet
from grids.models.ways import Way, WaySet, WaySetQuerySet

__all__ = [
    "ALPHABET",
    "SEGMENT",
    "Area",
    "AreaLineage",
    "AreaQuerySet",
    "AreaUserPermission",
    "BoundaryPlan",
    "BoundaryPlanQuerySet",
    "BoundaryVersion",
    "Building",
    "BuildingQuerySet",
    "DivisionLimits",
    "DivisionProposal",
    "DivisionProposalQuerySet",
    "FormerCode",
    "HandOver",
    "ImportBatch",
    "ImportBatchQuerySet",
    "PlanImage",
    "PlanNote",
    "PlanStep",
    "ProposedDivision",
    "ReviewDecision",
    "StandardReview",
    "StandardReviewQuerySet",
    "Way",
    "WaySet",
    "WaySetQuerySet",
    "segment",
]
