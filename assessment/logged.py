"""What the operation log calls the writes to wall views, and what the operator sets going."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "assessment.share_wall": _("made a link to a wall view"),
    "assessment.revoke_wall": _("revoked a link to a wall view"),
    "assessment.check_clocks": _("checked the deadlines at once"),
}
