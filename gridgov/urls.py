"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from assessment.views import home
from teams.views import setup

handler404 = "gridgov.problems.not_found"
handler500 = "gridgov.problems.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gridgov.health.urls")),
    path("preferences/", include("gridgov.accounts.preferences")),
    path("", home.home, name="home"),
    path("", include("assessment.urls")),
    path("", include("incidents.urls")),
    path("accounts/", include("gridgov.accounts.urls")),
    path("areas/plans/", include("grids.plan_urls")),
    path("areas/", include("grids.urls")),
    path("places/", include("grids.place_urls")),
    path("assets/", include("grids.asset_urls")),
    path("imports/", include("grids.import_urls")),
    path("people/", include("teams.urls")),
    path("patrols/", include("teams.patrol_urls")),
    path("field/patrols/", include("teams.walk_urls")),
    path("residents/", include("residents.urls")),
    path("setup/", setup.setup, name="setup"),
    path("notices/", include("gridgov.notices.urls")),
    path("photos/", include("gridgov.sync.urls")),
    path("api/v1/sync/", include("gridgov.sync.api_urls")),
    path("api/v1/", include("gridgov.api")),
    path("settings/dictionaries/", include("incidents.dictionary_urls")),
    path("settings/calendars/", include("incidents.calendar_urls")),
    path("settings/operation/", include("assessment.operation_urls")),
    path("settings/limits/", include("incidents.limit_urls")),
    path("settings/", include("teams.delivery_urls")),
    path("settings/", include("assessment.log_urls")),
]
