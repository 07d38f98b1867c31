"""Pages of long lists by key: as fast on page 1,500 as on the first, and nothing slips by while one reads."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

SIZE = 50


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the query strings (with "?") of its neighbours, "" at an end."""

    rows: list[Any]
    next_url: str
    previous_url: str


def pack(row: Model, names: list[str]) -> str:
    """The key of `row` as one URL-safe word."""
    values = json.dumps([getattr(row, name) for name in names], cls=DjangoJSONEncoder, separators=(",", ":"))
    return urlsafe_b64encode(values.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    """Instants in UTC: PostgreSQL knows no offset beyond 16 hours, ISO 8601 does."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _field(rows: QuerySet, name: str) -> Any:
    """The field behind a name of the order: an annotation's own, or the model's."""
    annotation = rows.query.annotations.get(name)
    return annotation.output_field if annotation is not None else rows.model._meta.get_field(name)


def unpack(text: str, rows: QuerySet, names: list[str]) -> list[Any] | None:
    """The values of a key, or None when it is not one: a spoilt address shows the first page."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if len(values) != len(names) or None in values or any("\x00" in str(value) for value in values):
            return None
        return [_plain(_field(rows, n).to_python(v)) for n, v in zip(names, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError, FieldError):
        return None


def beyond(names: list[str], descending: list[bool], values: list[Any]) -> Q:
    """Rows strictly after `values` in the order given (row comparison, spelt out for mixed directions)."""
    condition = Q(pk__in=[])
    for i, name in enumerate(names):
        same = {names[j]: values[j] for j in range(i)}
        condition |= Q(**same, **{f"{name}__{'lt' if descending[i] else 'gt'}": values[i]})
    first = "lte" if descending[0] else "gte"  # lets the index start at the right place
    return Q(**{f"{names[0]}__{first}": values[0]}) & condition


def keyset(rows: QuerySet, request: HttpRequest, *, by: tuple[str, ...], size: int = SIZE) -> Page:
    """One page of `rows` ordered `by` (Django's order names; columns or annotations, never null, the last one unique).

    Reads `?after=` or `?before=` and keeps every other parameter. One query, of size + 1 rows.
    """
    names = [name.lstrip("-") for name in by]
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    values = unpack(after or before, rows, names) if after or before else None
    backwards = bool(before and not after and values)
    descending = [name.startswith("-") != backwards for name in by]
    if values:
        rows = rows.filter(beyond(names, descending, values))
    order = [("-" if down else "") + name for name, down in zip(names, descending, strict=True)]
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=found,
        next_url=_link(request, "after", found[-1], names) if found and (more or backwards) else "",
        previous_url=_link(request, "before", found[0], names) if found and (more if backwards else values) else "",
    )


def _link(request: HttpRequest, name: str, row: Model, names: list[str]) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    query[name] = pack(row, names)
    return "?" + query.urlencode()


class KeysetPagination(BasePagination):
    """The same for the API: `{"next": …, "previous": …, "results": […]}`; a view says its order as `ordering`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that was asked for."""
        self.page = keyset(queryset, request._request, by=view.ordering)
        self.base = request._request.build_absolute_uri(request.path)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Rows with whole addresses of the neighbouring pages, null at an end."""
        links = {"next": self._whole(self.page.next_url), "previous": self._whole(self.page.previous_url)}
        return Response({**links, "results": data})

    def _whole(self, query: str) -> str | None:
        return self.base + query if query else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """For the description."""
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """`after` and `before`, taken from `next` and `previous`."""
        words = {"after": "Rows after this key, as in `next`.", "before": "Rows before it, as in `previous`."}
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
            for name, text in words.items()
        ]
