"""Telling: one INSERT for everyone, words found when they are read, the outbox in the same transaction."""

import pytest
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gridgov import notices
from gridgov.notices import actions, channels, registry
from gridgov.notices.models import Notice, Outbox


@pytest.fixture(autouse=True)
def _messages(monkeypatch):
    monkeypatch.setattr(registry, "_messages", {})
    monkeypatch.setattr(channels, "_channels", {})
    notices.register("test.late", title="Incident %(number)s is late", url=lambda pk, params: f"/x/{pk}/")
    notices.register("test.state", title=lambda params: _("Unread") if params["state"] == "u" else "?")


def test_everyone_is_told_with_one_insert(cast, now, grid, django_assert_num_queries):
    people = [cast.people[name] for name in ("worker", "lead", "neighbour", "worker")]
    with django_assert_num_queries(1 + 2):  # and the two marks of its transaction
        told = actions.tell(people, "test.late", subject=grid, params={"number": "7"}, now=now)
    assert len(told) == 3
    row = Notice.objects.get(user=cast.people["lead"])
    assert (row.title, row.body, row.url) == ("Incident 7 is late", "", f"/x/{grid.pk}/")
    assert (row.subject_kind, row.created_at, row.read_at, row.urgent) == ("grids.area", now, None, False)
    assert not Outbox.objects.exists()


def test_doer_services_and_closed_accounts_are_left_out(cast, now):
    worker, lead, neighbour, office = (cast.people[name] for name in ("worker", "lead", "neighbour", "office"))
    lead.is_active, neighbour.is_service = False, True
    told = actions.tell(
        [worker, lead, neighbour, office], "test.late", subject=None, params={"number": 1}, now=now, by=office
    )
    assert [notice.user for notice in told] == [worker]


def test_nobody_to_tell_costs_nothing(now, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert actions.tell([], "test.late", subject=None, params={"number": 1}, now=now) == []


def test_many_are_told_of_many_things_in_as_many_statements_as_of_one(cast, now, grid, django_assert_num_queries):
    people = [cast.people[name] for name in ("worker", "lead", "neighbour", "worker")]
    for count in (1, 30):
        Notice.objects.all().delete()
        tellings = [actions.Telling(people, grid, {"number": str(n)}, urgent=n == 1) for n in range(count)]
        with django_assert_num_queries(1 + 2):
            assert actions.tell_each("test.late", tellings, now=now) == 3 * count
        rows = Notice.objects.filter(user=cast.people["lead"]).order_by("id")
        assert [(row.params["number"], row.urgent) for row in rows] == [(str(n), n == 1) for n in range(count)]
        assert {(row.subject_kind, row.subject_id, row.created_at) for row in rows} == {
            ("grids.area", str(grid.pk), now)
        }


def test_one_of_many_that_could_not_be_read_refuses_all(cast, now, grid):
    people = [cast.people["worker"]]
    tellings = [actions.Telling(people, grid, params) for params in ({"number": 1}, {"n": 1})]
    with pytest.raises(KeyError):
        actions.tell_each("test.late", tellings, now=now, printed=["number", "n"])
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("code", "params", "error"), [("test.unknown", {}, LookupError), ("test.late", {"n": 1}, KeyError)]
)
def test_message_that_could_not_be_read_is_refused_when_written(worker, now, code, params, error):
    with pytest.raises(error):
        actions.tell([worker], code, subject=None, params=params, now=now)
    assert not Notice.objects.exists()


def test_words_are_found_in_the_readers_language(worker, now):
    (notice,) = actions.tell([worker], "test.state", subject=None, params={"state": "u"}, now=now)
    with translation.override("en"):
        assert notice.title == "Unread"


def test_notice_of_a_vanished_app_can_still_be_read(worker, now):
    with translation.override("en"):
        assert Notice(user=worker, code="gone.app", created_at=now).title == "Message"


def test_percent_in_a_message_without_params_is_no_format(worker, now):
    notices.register("test.percent", title="100 % done")
    (notice,) = actions.tell([worker], "test.percent", subject=None, now=now)
    assert notice.title == "100 % done"


class Post:
    """A channel that remembers; `fails` makes the gateway refuse. Only what is urgent goes this way."""

    name, label = "post", "Post"
    at_once = frozenset({registry.Kind.URGENT})

    def __init__(self):
        self.delivered, self.fails = [], False

    def reaches(self, users):
        return {user.pk for user in users}

    def address(self, user):
        return ("somewhere",)

    def deliver(self, parcel):
        self.delivered.append(parcel.key)
        if self.fails:
            raise ConnectionError("13800000001 unreachable")


@pytest.fixture
def post():
    channel = Post()
    channels.register(channel)
    return channel


def test_configured_channel_gets_its_rows_in_the_same_transaction(worker, lead, now, post):
    with transaction.atomic():
        actions.tell([worker], "test.late", subject=None, params={"number": 1}, now=now, urgent=True)
        transaction.set_rollback(True)
    assert (Notice.objects.count(), Outbox.objects.count()) == (0, 0)
    actions.tell([worker, lead], "test.late", subject=None, params={"number": 1}, now=now, urgent=True)
    actions.tell([worker], "test.late", subject=None, params={"number": 2}, now=now)
    rows = Outbox.objects.filter(channel="post")
    assert {row.user for row in rows} == {worker, lead}
    assert len({row.key for row in rows}) == 2


def test_ways_cost_the_same_for_one_and_for_many(cast, now, post, django_assert_num_queries):
    for people in ([cast.people["worker"]], list(cast.people.values())[:9]):
        with django_assert_num_queries(2 + 1 + 1 + 1):  # transaction, notices, choices, outbox
            actions.tell(people, "test.late", subject=None, params={"number": 1}, now=now, urgent=True)


def test_unread_is_found_by_its_partial_index(worker, now):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'notice_unread'")
        assert "WHERE (read_at IS NULL)" in cursor.fetchone()[0]
