"""All that happens to a boundary plan."""

from grids.actions.plans.again import rebase, restore_step, revert
from grids.actions.plans.draft import Meanwhile, create_plan, describe_plan, save_draft
from grids.actions.plans.effect import take_effect, take_effect_today
from grids.actions.plans.going import approve, confirm_hand_over, publish, send_back, submit, take_up, withdraw
from grids.actions.plans.images import ENDINGS as IMAGE_ENDINGS
from grids.actions.plans.images import (
    add_image,
    checked,
    content_of,
    fix_image,
    remove_image,
    restore_image,
    unfix_image,
)
from grids.actions.plans.limits import forget_limits, set_limits
from grids.actions.plans.suggested import draft_border, draft_merge

__all__ = [
    "IMAGE_ENDINGS",
    "Meanwhile",
    "add_image",
    "approve",
    "checked",
    "confirm_hand_over",
    "content_of",
    "create_plan",
    "describe_plan",
    "draft_border",
    "draft_merge",
    "fix_image",
    "forget_limits",
    "publish",
    "rebase",
    "remove_image",
    "restore_image",
    "restore_step",
    "revert",
    "save_draft",
    "send_back",
    "set_limits",
    "submit",
    "take_effect",
    "take_effect_today",
    "take_up",
    "unfix_image",
    "withdraw",
]
