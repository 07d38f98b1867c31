"""The site, and one view that does nothing: what any page costs before it does anything."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    """The baseline."""
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), path("", include("gridgov.urls"))]
