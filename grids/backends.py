"""`user.has_perm(perm, area)` by path: django-guardian's interface over the rule of grids.permissions."""

from typing import Any

from grids import permissions


class PathBackend:
    """Answers permission questions about an area or a record that hangs from one; never signs anyone in."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Not a door."""
        return

    def get_user(self, user_id: int) -> None:
        """Not a door."""
        return

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        """`perm` may come as "grids.view_areas" or bare. Without an object: whether any post gives it."""
        name = perm.rpartition(".")[2]
        if obj is None:
            return permissions.scope(user).holds(name)
        return permissions.allows(user, name, obj)
