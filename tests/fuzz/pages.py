"""What a page offers: its links, and its forms with their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

PLAIN = {
    "text": "测试",
    "search": "测试",
    "textarea": "测试情况，楼道堆放纸箱",
    "number": "1",
    "date": "2026-12-01",
    "time": "09:00",
}
PLAIN |= {
    "tel": "19900000077",
    "email": "a@example.org",
    "datetime-local": "2026-12-01T09:00",
    "password": "Wu8-ta1-ko4-ne",
}


@dataclass
class Field:
    """A field by its name: its sort, what it holds, what may be chosen."""

    name: str
    sort: str
    values: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    def plain(self) -> list[str]:
        """What somebody would leave or choose there."""
        chosen = next((choice for choice in self.choices if choice), "")
        return [value for value in self.values if value] or [chosen or PLAIN.get(self.sort, "")]


@dataclass
class Form:
    """A form that writes."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[str, ...]:
        return tuple(sorted(self.fields))


class Page(HTMLParser):
    """Reads links and forms of one page."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: Field | None = None
        self.feed(html)

    def _here(self, target: str) -> str:
        parts = urlsplit(urljoin(self.address, target))
        return parts.path + (f"?{parts.query}" if parts.query else "") if not parts.netloc else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "src"):
            if name in said and tag in {
                "a",
                "div",
                "section",
                "form",
                "button",
                "select",
                "input",
                "main",
                "tr",
                "p",
                "img",
            }:
                self.links.append(self._here(said[name]))
        if "hx-post" in said:
            self.forms.append(Form(self._here(said["hx-post"]), dict(self._open.fields) if self._open else {}))
        if tag == "form":
            self._begin(said)
        elif tag in {"input", "select", "textarea", "button"} and said.get("name"):
            self._take(tag, said)
        elif tag == "option" and self._select is not None:
            self._select.choices.append(said.get("value", ""))
            if "selected" in said:
                self._select.values.append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None

    def _begin(self, said: Mapping[str, str]) -> None:
        if said.get("method", "get").lower() != "post":
            self._open = None
            return
        self._open = Form(self._here(said.get("action", "")))
        self.forms.append(self._open)
        if said.get("id"):
            self._by_id[said["id"]] = self._open

    def _take(self, tag: str, said: Mapping[str, str]) -> None:
        form = self._by_id.get(said.get("form", "")) or self._open
        if form is None or said["name"] == "csrfmiddlewaretoken":
            return
        sort = said.get("type", "text") if tag == "input" else tag
        found = form.fields.setdefault(said["name"], Field(said["name"], sort))
        if tag == "select":
            self._select = found
        elif sort in {"radio", "checkbox", "button", "submit"}:
            found.choices.append(said.get("value", "on"))
            if "checked" in said:
                found.values.append(said.get("value", "on"))
        elif said.get("value"):
            found.values.append(said["value"])
