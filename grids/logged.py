"""What the operation log calls the writes to areas and buildings."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "grids.create_area": _("added an area"),
    "grids.rename_area": _("corrected an area"),
    "grids.move_area": _("moved an area"),
    "grids.retire_area": _("took an area out of use"),
    "grids.reopen_area": _("took an area into use again"),
    "grids.set_boundary": _("set a boundary"),
    "grids.remove_boundary": _("removed a boundary"),
    "grids.create_building": _("added a building"),
    "grids.rename_building": _("corrected a building"),
    "grids.move_building": _("moved a building into another grid"),
    "grids.retire_building": _("took a building off the list"),
    "grids.reopen_building": _("put a building back on the list"),
    "grids.create_plan": _("began a boundary plan"),
    "grids.save_plan": _("saved the draft of a plan"),
    "grids.upload_import": _("Import handed in"),
    "grids.describe_import": _("Import described"),
    "grids.apply_import": _("Import applied"),
    "grids.abandon_import": _("File thrown away"),
    "grids.undo_import": _("Import taken back"),
}
