"""Every address of the API: /api/v1/, its OpenAPI description and a page to read that."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

from gridgov.accounts.requests import SignedInRequest
from gridgov.notices.api import NoticeViewSet
from grids.api import AreaViewSet
from grids.api_things import AssetViewSet, PlaceViewSet
from incidents.api import CategoryViewSet, IncidentViewSet
from incidents.api_deadlines import DeadlineViewSet


@require_safe
def docs(request: SignedInRequest) -> HttpResponse:
    """The description as a page that can also try things out."""
    return render(request, "api/docs.html")


app_name = "api"
urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
    path("areas/", AreaViewSet.as_view({"get": "list"}), name="areas"),
    path("areas/locate/", AreaViewSet.as_view({"get": "locate"}), name="locate"),
    path("areas/<int:pk>/", AreaViewSet.as_view({"get": "retrieve"}), name="area"),
    path("places/", PlaceViewSet.as_view({"get": "list"}), name="places"),
    path("places/<uuid:pk>/", PlaceViewSet.as_view({"get": "retrieve"}), name="place"),
    path("assets/", AssetViewSet.as_view({"get": "list"}), name="assets"),
    path("assets/<int:pk>/", AssetViewSet.as_view({"get": "retrieve"}), name="asset"),
    path("categories/", CategoryViewSet.as_view({"get": "list"}), name="categories"),
    path("incidents/", IncidentViewSet.as_view({"get": "list", "post": "create"}), name="incidents"),
    path("incidents/<uuid:pk>/", IncidentViewSet.as_view({"get": "retrieve"}), name="incident"),
    path("incidents/<uuid:pk>/deadlines/", DeadlineViewSet.as_view({"get": "list"}), name="deadlines"),
    path("incidents/<uuid:pk>/requests/", IncidentViewSet.as_view({"post": "ask"}), name="ask"),
    path(
        "incidents/<uuid:pk>/requests/<uuid:request_id>/answer/",
        IncidentViewSet.as_view({"post": "answer"}),
        name="answer",
    ),
    path(
        "incidents/<uuid:pk>/requests/<uuid:request_id>/take_back/",
        IncidentViewSet.as_view({"post": "take_back"}),
        name="take_back",
    ),
    path("incidents/<uuid:pk>/run_on/", IncidentViewSet.as_view({"post": "run_on"}), name="run_on"),
    path("incidents/<uuid:pk>/<slug:move>/", IncidentViewSet.as_view({"post": "move"}), name="move"),
    path("notices/", NoticeViewSet.as_view({"get": "list"}), name="notices"),
    path("notices/<uuid:pk>/read/", NoticeViewSet.as_view({"post": "read"}), name="read_notice"),
]
