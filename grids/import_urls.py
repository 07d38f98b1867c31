"""Addresses under /imports/."""

from django.urls import path

from grids.views import imports

app_name = "imports"
urlpatterns = [
    path("", imports.imports, name="list"),
    path("template/<str:kind>/", imports.template, name="template"),
    path("<uuid:pk>/", imports.batch, name="batch"),
    path("<uuid:pk>/apply/", imports.apply_batch, name="apply"),
    path("sample/<str:kind>/", imports.sample, name="sample"),
    path("<uuid:pk>/abandon/", imports.abandon_batch, name="abandon"),
    path("<uuid:pk>/undo/", imports.undo_batch, name="undo"),
]
