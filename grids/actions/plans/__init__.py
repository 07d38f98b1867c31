"""All that happens to a boundary plan."""

from grids.actions.plans.draft import Meanwhile, create_plan, save_draft

__all__ = ["Meanwhile", "create_plan", "save_draft"]
