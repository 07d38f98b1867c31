"""Addresses of limits and ladders."""

from django.urls import path

from incidents.views import ladders, limits

app_name = "limits"
urlpatterns = [
    path("", limits.limits, name="list"),
    path("lines/<slug:scope>/", limits.line, name="line"),
    path("streets/<int:street>/", limits.limits, name="street"),
    path("streets/<int:street>/lines/<slug:scope>/", limits.line, name="street_line"),
    path("streets/<int:street>/lines/<slug:scope>/inherit/", limits.inherit, name="inherit"),
    path("units/", limits.unit_hours, name="units"),
    path("quiet/", limits.quiet, name="quiet"),
    path("versions/", limits.versions, name="versions"),
    path("versions/<int:number>/restore/", limits.restore, name="restore"),
    path("save/", limits.save, name="save"),
    path("ladders/", ladders.ladders, name="ladders"),
    path("ladders/new/", ladders.create, name="create_ladder"),
    path("ladders/<slug:code>/", ladders.edit, name="ladder"),
]
