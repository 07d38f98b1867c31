"""Addresses of boards and of the phone's own pages."""

from django.urls import path

from assessment.views import board, field, offline, wall

app_name = "assessment"
urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/queue/", board.queue, name="board_queue"),
    path("board/trend/", board.board_trend, name="board_trend"),
    path("board/map/", board.board_map, name="board_map"),
    path("walls/", wall.links, name="walls"),
    path("walls/<int:link_id>/revoke/", wall.revoke, name="revoke_wall"),
    path("wall/<str:token>/", wall.wall, name="wall"),
    path("field/", field.today, name="today"),
    path("field/tray/", offline.tray, name="tray"),
    path("field/grid/", field.my_grid, name="my_grid"),
]
