"""Addresses under /assets/."""

from django.urls import path

from grids.things import ASSETS
from grids.views import thing_changes, things

app_name = "assets"
SORT = {"sort": ASSETS}
urlpatterns = [
    path("", things.listing, SORT, name="list"),
    path("add/", thing_changes.add, SORT, name="add"),
    path("export.<str:form>", things.export, SORT, name="export"),
    path("posters.pdf", things.posters, name="posters"),
    path("number/<str:code>/", things.by_code, name="by_code"),
    path("<int:pk>/", things.thing, SORT, name="asset"),
    path("<int:pk>/edit/", thing_changes.edit, SORT, name="edit"),
    path("<int:pk>/close/", thing_changes.close, SORT, name="close"),
    path("<int:pk>/reopen/", thing_changes.reopen, SORT, name="reopen"),
]
