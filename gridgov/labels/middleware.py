"""Residents and walls bring no version of the labels along: for them the process looks itself now and then."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from gridgov.labels import words


class LabelsMiddleware:
    """Looks for new words at most every half minute; a signed-in person's row has told already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            words.look()
        return self.get_response(request)
