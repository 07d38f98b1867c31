"""One person who signs in, and what it takes to try."""

from datetime import datetime

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from gridgov.accounts import actions
from gridgov.accounts.models import User
from gridgov.dbtime import database_now

PASSWORD = "plum tree by the river 7"


@pytest.fixture
def now(db: None) -> datetime:
    return database_now()


@pytest.fixture
def person(now: datetime) -> User:
    user = actions.create_user("W001", "张三丰", phone="13812340001", password=PASSWORD, by=None, now=now)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.refresh_from_db()
    return user


@pytest.fixture
def signed_in(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/accounts/login/", {"login": "W001", "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    """The same hasher with a hundredth of the work."""
    for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)
