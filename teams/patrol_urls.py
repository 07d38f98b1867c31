"""Addresses under /patrols/: the office's."""

from django.urls import path

from teams.views import coverage, patrols

app_name = "patrols"
urlpatterns = [
    path("", patrols.routes, name="routes"),
    path("routes/new/", patrols.create_route, name="create_route"),
    path("routes/<int:route_id>/", patrols.route, name="route"),
    path("routes/<int:route_id>/edit/", patrols.edit_route, name="edit_route"),
    path("routes/<int:route_id>/retire/", patrols.retire_route, name="retire_route"),
    path("routes/<int:route_id>/reopen/", patrols.reopen_route, name="reopen_route"),
    path("routes/<int:route_id>/posters.pdf", patrols.posters, name="posters"),
    path("routes/<int:route_id>/plans/new/", patrols.create_plan, name="create_plan"),
    path("plans/<int:plan_id>/edit/", patrols.edit_plan, name="edit_plan"),
    path("plans/<int:plan_id>/end/", patrols.end_plan, name="end_plan"),
    path("plans/<int:plan_id>/resume/", patrols.resume_plan, name="resume_plan"),
    path("walked/", patrols.walked, name="list"),
    path("walked/<uuid:pk>/", patrols.patrol, name="patrol"),
    path("walked/<uuid:pk>/look/", patrols.look, name="look"),
    path("coverage/", coverage.coverage, name="coverage"),
]
