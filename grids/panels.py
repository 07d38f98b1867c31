"""What rooms above show on an area's page: each registers a panel, the page knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Content = Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of the page. `content(request, area)` gives the template's context; None leaves the panel out."""

    order: int
    title: str | Promise
    template: str
    content: Content


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel, in AppConfig.ready()."""
    _panels.append(panel)
    _panels.sort(key=lambda one: one.order)


def panels_for(request: Any, area: Any) -> list[dict[str, Any]]:
    """The panels that have something to show to this reader."""
    shown = []
    for panel in _panels:
        content = panel.content(request, area)
        if content is not None:
            shown.append({"title": panel.title, "template": panel.template, **content})
    return shown
