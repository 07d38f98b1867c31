"""Errors of the API as RFC 9457 problem details, in the caller's language."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import defaults
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import exception_handler

from gridgov.impossible import Impossible

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("The request cannot be understood"),
    401: gettext_lazy("Please sign in"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Not possible here"),
    406: gettext_lazy("This format is not offered"),
    409: gettext_lazy("Something else is already there"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("This kind of file is not accepted"),
    422: gettext_lazy("Some of this is not right"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong on our side"),
}
DETAILS = {  # instead of the words of a framework, which are English or name a class
    404: gettext_lazy("The address is wrong, the record is gone, or it is not in your area."),
    500: gettext_lazy("It was noted, and nothing you saved earlier is lost."),
}
API = "/api/"


class Problem(serializers.Serializer):
    """What every refusal looks like (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="What the status means, in the caller's language.")
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="What happened and what to do.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences by field; `non_field_errors` for the whole. With 422.",
    )


def documented(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals of an operation, for its description."""
    return {(status, CONTENT_TYPE): OpenApiResponse(Problem) for status in statuses}


def problem(status: int, detail: Any = "", *, errors: dict[str, Any] | None = None, **more: Any) -> Response:
    """A problem answer: `status`, a title and `detail` to read, `errors` by field (each a list of sentences)."""
    body = body_of(status, detail)
    if errors:
        body["errors"] = errors
    response = Response({**body, **more}, status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def body_of(status: int, detail: Any = "") -> dict[str, Any]:
    """What every problem says."""
    body: dict[str, Any] = {"type": "about:blank", "title": title_of(status), "status": status}
    return {**body, "detail": str(detail)} if detail else body


def title_of(status: int) -> str:
    """What a status means, in the active language."""
    return str(TITLES.get(status) or HTTPStatus(status).phrase)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Not signed in is 401, never a redirect; wrong content is 422 with field errors; what
    is `Impossible` as things stand is 409.
    """
    if isinstance(error, Impossible):
        return problem(409, error.messages[0], code=error.code)
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(as_serializer_error(error))
    answered = exception_handler(error, context)
    if answered is None:
        return None
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        made = problem(401, error.detail)
        made["WWW-Authenticate"] = answered.get("WWW-Authenticate") or 'Session realm="gridgov"'
        return made
    if isinstance(error, exceptions.ValidationError):
        return problem(422, _("Check what is marked and send it again."), errors=_by_field(answered.data))
    made = problem(answered.status_code, _detail(error, answered))
    for name in ("Retry-After", "Allow"):
        if answered.has_header(name):
            made[name] = answered[name]
    return made


def _detail(error: Exception, answered: Response) -> Any:
    if isinstance(error, exceptions.ParseError):
        return _("What was sent is not well-formed: %(why)s") % {"why": error.detail}
    said = answered.data.get("detail", "") if isinstance(answered.data, dict) else ""
    return DETAILS.get(answered.status_code) or said


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's 404: a problem for programs, a page for people."""
    return _plain(404) if request.path.startswith(API) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's 500, likewise."""
    return _plain(500) if request.path.startswith(API) else defaults.server_error(request)


def _plain(status: int) -> JsonResponse:
    body = body_of(status, DETAILS[status])
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False})


def _by_field(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {"non_field_errors": data}
