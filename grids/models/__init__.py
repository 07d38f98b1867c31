"""What the ground is made of: the tree, boundaries, buildings, places, assets, plans, and imports."""

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
from grids.models.things import Asset, Place, Thing, ThingQuerySet
from grids.models.ways import Way, WaySet, WaySetQuerySet

__all__ = [
    "ALPHABET",
    "SEGMENT",
    "Area",
    "AreaLineage",
    "AreaQuerySet",
    "AreaUserPermission",
    "Asset",
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
    "Place",
    "PlanImage",
    "PlanNote",
    "PlanStep",
    "ProposedDivision",
    "ReviewDecision",
    "StandardReview",
    "StandardReviewQuerySet",
    "Thing",
    "ThingQuerySet",
    "Way",
    "WaySet",
    "WaySetQuerySet",
    "segment",
]
