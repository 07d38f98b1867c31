"""The addresses of the site, and one page a door that shows every part with lifelike data."""

from django.urls import include, path

from tests.looks import views

urlpatterns = [
    path("styles/<slug:door>/", views.styles, name="styles"),
    path("", include("gridgov.urls")),
]
