from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        from gridgov import privacy, sync
        from gridgov.audit import words
        from gridgov.clock import checks, latecomers
        from gridgov.clock import registry as clock
        from gridgov.notices import postponing
        from grids.permissions import register_provider, require
        from incidents import doors, field_doors, handing_over, imports, layers, messages, panels, quiet, standing
        from incidents import receivers as receivers
        from incidents.clock_checks import compare, undelivered
        from incidents.clocks import SUBJECT, IncidentClocks
        from incidents.latecomers import catch_up
        from incidents.logged import WORDS
        from incidents.models import Incident, Request
        from incidents.permissions import grants_of_import

        postponing.register(quiet.hold)
        for room in (panels, layers, standing, handing_over, imports):
            room.register_own()
        words.register(WORDS)
        register_provider(grants_of_import)
        clock.register(SUBJECT, IncidentClocks())
        latecomers.register(catch_up)
        checks.register(compare)
        checks.register(undelivered)
        sync.register("incidents.report", doors.report, label=_("Report"), secret=doors.is_secret)
        field_doors.register_own()
        sync.register_access(SUBJECT, doors.may_see_photos)
        sync.register_access(Request._meta.label_lower, doors.may_see_evidence)
        privacy.register_reveal(Incident, require)
        messages.register_own()
