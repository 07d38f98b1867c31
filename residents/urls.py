"""Addresses under /residents/. None holds anything personal: ids only, searches are posted."""

from django.urls import path

from residents import views
from residents.views import dwellings

app_name = "residents"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("grids/<int:area_id>/", views.grid, name="grid"),
    path("buildings/<int:building_id>/", views.building, name="building"),
    path("buildings/<int:building_id>/add/", views.add, name="add"),
    path("buildings/<int:building_id>/dwellings/", dwellings.add_dwellings, name="add_dwellings"),
    path("dwellings/<int:dwelling_id>/", views.dwelling, name="dwelling"),
    path("dwellings/<int:dwelling_id>/correct/", dwellings.correct_dwelling, name="correct_dwelling"),
    path("dwellings/<int:dwelling_id>/remove/", dwellings.remove_dwelling, name="remove_dwelling"),
    path("<uuid:resident_id>/", views.resident, name="resident"),
    path("<uuid:resident_id>/reveal/<str:field>/", views.reveal, name="reveal"),
    path("<uuid:resident_id>/correct/", views.correct, name="correct"),
    path("<uuid:resident_id>/move/", views.move, name="move"),
    path("<uuid:resident_id>/leave/", views.leave, name="leave"),
    path("<uuid:resident_id>/come-back/", views.come_back, name="come_back"),
    path("<uuid:resident_id>/remove/", views.remove, name="remove"),
    path("<uuid:resident_id>/restore/", views.restore, name="restore"),
]
