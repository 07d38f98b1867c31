"""Addresses of the working calendars."""

from django.urls import path

from incidents.views import calendars

app_name = "calendars"
urlpatterns = [
    path("", calendars.calendars, name="list"),
    path("new/", calendars.create, name="create"),
    path("<slug:code>/<int:year>/", calendars.year, name="year"),
    path("<slug:code>/<int:year>/arrangement/", calendars.arrangement, name="arrangement"),
    path("<slug:code>/hours/", calendars.hours, name="hours"),
    path("<slug:code>/days/<slug:iso>/", calendars.day, name="day"),
    path("<slug:code>/versions/", calendars.versions, name="versions"),
    path("<slug:code>/versions/<int:number>/restore/", calendars.restore, name="restore"),
    path("<slug:code>/save/", calendars.save, name="save"),
]
