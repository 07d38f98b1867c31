"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("gridgov.health.urls")),
    path("preferences/", include("gridgov.accounts.preferences")),
    path("accounts/", include("gridgov.accounts.urls")),
]
