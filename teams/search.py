"""Search in the address book: whom do these few characters mean, among those the reader may see?"""

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from gridgov.accounts.models import User
from gridgov.privacy import crypto
from teams.models import Assignment, people_visible_to
from teams.names import initials

MOST = 50


def with_posts(people: QuerySet[User], day: date) -> QuerySet[User]:
    """The people with `posts_today`, each with unit and area; two statements."""
    posts = Assignment.objects.on(day).select_related("area", "unit").order_by("area_path", "id")
    return people.prefetch_related(Prefetch("posts", posts, to_attr="posts_today"))


def find_people(reader: Any, text: str, day: date, *, also_disabled: bool = False) -> list[User]:
    """At most 50 people whose name holds `text`, whose initials begin with it, whose unit it names, or whose staff
    number or phone it is (the phone exactly, by its blind index). Who cannot sign in is left out unless asked for.
    """
    visible = people_visible_to(reader)
    if not also_disabled:
        visible = visible.filter(is_active=True)
    plain = crypto.normalise(text)
    rule = Q(name__icontains=text.strip()) | Q(username__iexact=plain)
    rule |= Q(pk__in=Assignment.objects.on(day).filter(unit__name__icontains=text.strip()).values("user_id"))
    if plain.isdigit() and len(plain) >= 7:
        rule |= Q(phone_index=crypto.blind_index(plain, "accounts.user.phone"))
    if plain.isascii() and plain.isalpha():
        names = visible.values_list("pk", "name")
        rule |= Q(pk__in=[pk for pk, name in names if initials(name).startswith(plain.lower())])
    return list(with_posts(visible.filter(rule).order_by("name", "pk").distinct(), day)[:MOST])
