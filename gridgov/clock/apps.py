from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClockConfig(AppConfig):
    name = "gridgov.clock"

    def ready(self) -> None:
        from gridgov.audit import words

        words.register(
            {
                "clock.change_calendar": _("changed a working calendar"),
                "clock.create_calendar": _("added a working calendar"),
                "clock.calendar_seeded": _("made a working calendar"),
                "clock.change_ladder": _("changed a ladder"),
                "clock.ladder_seeded": _("made a ladder"),
                "clock.raised": _("raised the level of a deadline"),
                "clock.replanned": _("worked a deadline out again"),
                "clock.paused": _("paused a deadline"),
                "clock.retried": _("tried a stuck deadline again"),
                "clock.resumed": _("let a deadline run on"),
                "clock.extended": _("extended a deadline"),
                "clock.handed_over": _("handed a deadline over"),
                "clock.escalated": _("a deadline reached a level"),
            }
        )
