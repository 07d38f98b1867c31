"""Incidents: what may be reported, what was, who holds it and what happened to it."""

from incidents.models.campaign import Campaign, CampaignTarget
from incidents.models.catalogue import Category, Duty
from incidents.models.finding import PatrolFinding
from incidents.models.incident import CaseNumber, ExternalId, Incident, IncidentSearch
from incidents.models.progress import Custody, Referral, Request, Step, Supervision
from incidents.models.rules import Audience, LimitVersion
from incidents.models.view import SavedView
from incidents.models.wait import Wait

__all__ = [
    "Audience",
    "Campaign",
    "CampaignTarget",
    "CaseNumber",
    "Category",
    "Custody",
    "Duty",
    "ExternalId",
    "Incident",
    "IncidentSearch",
    "LimitVersion",
    "PatrolFinding",
    "Referral",
    "Request",
    "SavedView",
    "Step",
    "Supervision",
    "Wait",
]
