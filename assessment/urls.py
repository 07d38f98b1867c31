"""Addresses of boards and of the phone's own pages."""

from django.urls import path

from assessment.views import board, field, offline, review, wall

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
    path("kept/", review.kept, name="kept"),
    path("kept/<uuid:pk>/accept/", review.accept, name="accept_kept"),
    path("kept/<uuid:pk>/discard/", review.discard, name="discard_kept"),
    path("kept/<uuid:pk>/put-back/", review.put_back, name="put_back"),
    path("sw.js", offline.worker, name="worker"),
    path("field/shell/", offline.offline_shell, name="offline_shell"),
    path("field/today.json", offline.today_json, name="today_json"),
    path("field/things.json", offline.things_json, name="things_json"),
    path("field/tray/", offline.tray, name="tray"),
    path("field/grid/", field.my_grid, name="my_grid"),
]
