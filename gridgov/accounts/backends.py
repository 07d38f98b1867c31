"""Sign-in by staff number or phone. Rights are not decided here."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from gridgov.accounts.models import User
from gridgov.labels import words
from gridgov.labels.models import newest_version


class StaffBackend(BaseBackend):
    """Checks a password against the person found by staff number or phone."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The person, or None. An unknown name costs as much time as a wrong password."""
        if not username or password is None:
            return None
        user = User.objects.by_sign_in(username)
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, as long as the account is active; the version of the labels comes along."""
        people = User.objects.annotate(labels_version=newest_version())
        user = people.filter(pk=user_id, is_active=True, is_service=False).first()
        if user is not None:
            words.follow(user.labels_version)
        return user
