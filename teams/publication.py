"""What stands on the public board of a grid: words, people with a post, whom to call, and what is still missing."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Length
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.division.ways import borders_in_words
from grids.models import Area
from teams.models import Assignment, BoardText, PublicFace, Unit
from teams.roles import Role

# Posts that stand on the board, in this order; neighbours who only help are not posted in public.
POSTED = (Role.GRID_HEAD, Role.WORKER, Role.PART_TIME, Role.ADVISER, Role.SPECIALIST)
DUTIES: tuple[str | Promise, ...] = (  # docs/domain.md §2.1 and §8, in the words of a resident
    gettext_lazy("Walks through the grid, sees to dangers and dirt, and passes on what it cannot resolve."),
    gettext_lazy("Takes in what residents report and says what became of it."),
    gettext_lazy("Visits people who live alone, are ill or need help."),
    gettext_lazy("Helps neighbours to settle quarrels."),
    gettext_lazy("Explains rules and services and helps to apply for them."),
)


@dataclass(slots=True)
class Face:
    """One person on the board; `photo` is a data: address or ""."""

    name: str
    role: str
    number: str
    photo: str


@dataclass(slots=True)
class Board:
    """The whole board; `missing` says in words what the office may still add."""

    area: Area
    faces: list[Face]
    duties: Sequence[str]
    supervision: str
    office: str
    sides: dict[str, str]
    missing: list[str] = field(default_factory=list)


def _photo(face: PublicFace | None) -> str:
    if face is None or face.photo is None:
        return ""
    try:
        with face.photo.thumbnail.open("rb") as file:
            return "data:image/jpeg;base64," + base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return ""


def _faces(area: Area) -> list[Face]:
    posts = Assignment.objects.on(timezone.localdate()).filter(area=area, role__in=POSTED, user__is_active=True)
    people = posts.select_related("user__public_face__photo").order_by("since", "pk")
    seen: dict[int, Assignment] = {}
    for post in sorted(people, key=lambda one: POSTED.index(Role(one.role))):
        seen.setdefault(post.user_id, post)
    shown = []
    for post in seen.values():
        face: Any = getattr(post.user, "public_face", None)
        number = face.number if face else ""
        shown.append(Face(post.user.name, post.get_role_display(), number, _photo(face)))
    return shown


def words_for(area: Area) -> dict[str, str]:
    """Duties and supervision phone as written nearest to `area`; "" where nobody has written any."""
    rows = BoardText.objects.filter(area__path__in=area.ancestor_paths).order_by(Length("area__path").desc())
    found = list(rows)
    return {
        "duties": next((row.duties for row in found if row.duties), ""),
        "supervision": next((row.supervision for row in found if row.supervision), ""),
    }


def board_of(area: Area) -> Board:
    """What the board of a grid says today."""
    words = words_for(area)
    desks = Unit.objects.standing().filter(is_desk=True, area_path__in=area.ancestor_paths).order_by("area_path")
    office = next(iter(desks), None)
    duties = [line.strip() for line in words["duties"].splitlines() if line.strip()] or [str(line) for line in DUTIES]
    supervision = words["supervision"] or (office.phone if office else "")
    sides = borders_in_words(area)
    board = Board(area, _faces(area), duties, supervision, office.name if office else "", sides)
    board.missing = _missing(board)
    return board


def _missing(board: Board) -> list[str]:
    checks = (
        (not board.faces, _("Nobody has a post in this grid.")),
        (bool(board.faces) and not any(face.number for face in board.faces), _("Nobody has agreed to a number yet.")),
        (not all(board.sides.values()), _("The borders in words (east, south, west, north) are not complete.")),
        (not board.supervision, _("There is no supervision phone.")),
    )
    return [words for applies, words in checks if applies]
