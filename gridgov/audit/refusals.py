"""Keeps a record of what people were refused: who knocked at which page they have no right to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gridgov.audit import actions as audit


class RefusalMiddleware:
    """Records every 403 given to a signed-in person, with the name of the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if response.status_code == 403 and user is not None and user.is_authenticated:
            match = request.resolver_match
            audit.record(
                "audit.refused", None, by=user, url_name=match.view_name if match else "", method=request.method
            )
        return response
