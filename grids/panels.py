"""What rooms above show on the page of an area or a thing: each registers a panel, the pages know none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Content = Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A part of the page. `content(request, area or thing)` gives the template's context; None leaves it out."""

    order: int
    title: str | Promise
    template: str
    content: Content


_panels: list[Panel] = []
_thing_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel to the page of an area, in AppConfig.ready()."""
    _panels.append(panel)
    _panels.sort(key=lambda one: one.order)


def register_for_things(panel: Panel) -> None:
    """Add a panel to the page of a place or a city asset."""
    _thing_panels.append(panel)
    _thing_panels.sort(key=lambda one: one.order)


def panels_for(request: Any, area: Any) -> list[dict[str, Any]]:
    """The panels that have something to show to this reader."""
    return _shown(_panels, request, area)


def thing_panels_for(request: Any, thing: Any) -> list[dict[str, Any]]:
    """The same for a place or a city asset."""
    return _shown(_thing_panels, request, thing)


def _shown(panels: list[Panel], request: Any, subject: Any) -> list[dict[str, Any]]:
    shown = []
    for panel in panels:
        content = panel.content(request, subject)
        if content is not None:
            shown.append({"title": panel.title, "template": panel.template, **content})
    return shown
