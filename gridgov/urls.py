"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from teams.views import setup

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gridgov.health.urls")),
    path("preferences/", include("gridgov.accounts.preferences")),
    path("", RedirectView.as_view(pattern_name="accounts:profile"), name="home"),  # until the boards stand
    path("accounts/", include("gridgov.accounts.urls")),
    path("people/", include("teams.urls")),
    path("residents/", include("residents.urls")),
    path("setup/", setup.setup, name="setup"),
    path("notices/", include("gridgov.notices.urls")),
    path("photos/", include("gridgov.sync.urls")),
    path("api/v1/sync/", include("gridgov.sync.api_urls")),
    path("settings/", include("assessment.log_urls")),
]
