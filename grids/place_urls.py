"""Addresses under /places/."""

from django.urls import path

from grids.things import PLACES
from grids.views import thing_changes, things

app_name = "places"
SORT = {"sort": PLACES}
urlpatterns = [
    path("", things.listing, SORT, name="list"),
    path("add/", thing_changes.add, SORT, name="add"),
    path("export.<str:form>", things.export, SORT, name="export"),
    path("<uuid:pk>/", things.thing, SORT, name="place"),
    path("<uuid:pk>/edit/", thing_changes.edit, SORT, name="edit"),
    path("<uuid:pk>/close/", thing_changes.close, SORT, name="close"),
    path("<uuid:pk>/reopen/", thing_changes.reopen, SORT, name="reopen"),
    path("<uuid:pk>/reveal/", thing_changes.reveal, name="reveal"),
]
