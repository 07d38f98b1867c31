"""What the operation log calls the writes to residents' files."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "residents.add_dwelling": _("added a dwelling"),
    "residents.add_dwellings": _("added dwellings of a building"),
    "residents.correct_dwelling": _("corrected a dwelling"),
    "residents.remove_dwelling": _("removed a dwelling entered by mistake"),
    "residents.add_household": _("added a household"),
    "residents.add_resident": _("added a resident"),
    "residents.correct": _("corrected a resident"),
    "residents.move": _("moved a resident to another dwelling"),
    "residents.leave": _("marked a resident as moved away"),
    "residents.come_back": _("listed a resident as living here again"),
    "residents.remove": _("removed a resident entered by mistake"),
    "residents.restore": _("listed a resident again"),
}
