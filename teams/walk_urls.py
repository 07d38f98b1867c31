"""Addresses under /field/patrols/: the walker's."""

from django.urls import path

from teams.views import walks

app_name = "walks"
urlpatterns = [
    path("", walks.home, name="home"),
    path("walk/<int:route_id>/", walks.walk, name="walk"),
    path("here/<int:checkpoint_id>/", walks.checkpoint, name="checkpoint"),
    path("import/", walks.take_file, name="import"),
    path("mine/<uuid:pk>/", walks.patrol, name="patrol"),
    path("mine/<uuid:pk>/hand-in/", walks.hand_in, name="hand_in"),
    path("mine/<uuid:pk>/track.gpx", walks.track, name="track"),
]
