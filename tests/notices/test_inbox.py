"""The inbox: one's own notices only, nothing written by looking, every mark undone at will."""

import uuid
from datetime import timedelta

import pytest

from gridgov import notices
from gridgov.audit.models import AuditEvent
from gridgov.clock.seed import seed_calendars
from gridgov.notices import actions, registry
from gridgov.notices.models import Notice
from tests import factories

INBOX = "/notices/"


@pytest.fixture(autouse=True)
def _messages(monkeypatch):
    monkeypatch.setattr(registry, "_messages", {})
    notices.register("test.late", title="Incident %(number)s is late", url=lambda pk, params: "/accounts/me/")
    notices.register("test.plain", title="Welcome <b>")


@pytest.fixture
def client(worker, sign_in):
    return sign_in(worker, lang="en")


def tell(user, now, count=1, **more):
    for n in range(count):
        actions.tell([user], "test.late", subject=None, params={"number": n}, now=now + timedelta(seconds=n), **more)
    return list(Notice.objects.filter(user=user))


def shown(client, query=""):
    """The numbers on the page; ids of one millisecond have no order among themselves."""
    return {row.params["number"] for row in client.get(INBOX + query).context["page"].rows}


def test_newest_first_unread_first(client, worker, neighbour, now):
    tell(neighbour, now, 2)
    mine = tell(worker, now, 3)
    actions.mark_read(mine[0], by=worker, now=now)
    assert shown(client) == {0, 1, 2} - {mine[0].params["number"]}
    assert shown(client, "?show=all") == {0, 1, 2}


def test_pages_by_key_miss_nothing(client, worker, now):
    tell(worker, now, 60)
    first = client.get(INBOX).context["page"]
    assert len(first.rows) == 50
    assert [row.pk for row in first.rows] == sorted((row.pk for row in first.rows), reverse=True)
    assert shown(client, first.next_url) == set(range(60)) - {row.params["number"] for row in first.rows}


@pytest.mark.parametrize("query", ["?after=x", "?before=%00", "?after=W10", "?read=zz", "?show=' OR 1=1"])
def test_spoilt_address_shows_the_inbox(client, worker, now, query):
    tell(worker, now)
    assert client.get(INBOX + query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_costs_the_same_at_any_length(client, worker, now, count, django_assert_num_queries):
    tell(worker, now, count)
    client.get(INBOX)
    with django_assert_num_queries(QUERIES):
        client.get(INBOX)


@pytest.mark.parametrize("count", [1, 3])
def test_a_line_says_what_its_reader_may_see_of_the_case(
    client, worker, neighbour, cast, now, count, django_assert_num_queries
):
    seed_calendars(now=now)
    notices.register("incidents.escalated", title="Late", body="%(number)s")
    category = factories.make_category(lead=cast.units["enforcement"])
    houses = [factories.make_building(cast.areas["grid"], "3号楼")] * count
    for house in [*houses, factories.make_building(cast.areas["next_grid"], "8号楼")]:
        case = factories.make_incident(house, by=neighbour, now=now, category=category)
        actions.tell([worker], "incidents.escalated", subject=case, params={"number": case.number}, now=now)
    client.get(INBOX)
    with django_assert_num_queries(QUERIES + 1):  # the cases
        page = client.get(INBOX).content.decode()
    assert page.count(" · 楼道堆物 · 3号楼") == count
    assert case.number in page
    assert "8号楼" not in page


QUERIES = 6  # session, person, posts, unread count, notices, clock


def test_bell_is_a_fragment_with_the_count(client, worker, now):
    tell(worker, now, 2)
    page = client.get(INBOX + "bell/").content.decode()
    assert "2 unread messages" in page
    assert "<html" not in page
    actions.mark_all_read(by=worker, now=now + timedelta(minutes=1))
    assert "0 unread messages" in client.get(INBOX + "bell/").content.decode()


def test_bell_counts_no_further_than_it_shows(client, worker, now):
    Notice.objects.bulk_create(Notice(user=worker, code="test.plain", created_at=now) for _n in range(130))
    assert "More than 99" in client.get(INBOX + "bell/").content.decode()


def test_title_is_escaped(client, worker, now):
    actions.tell([worker], "test.plain", subject=None, now=now)
    assert "Welcome &lt;b&gt;" in client.get(INBOX).content.decode()


def test_open_marks_and_leads_there(client, worker, now):
    (notice,) = tell(worker, now)
    answer = client.post(f"{INBOX}{notice.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/me/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_read_twice_keeps_the_first_time_and_one_record(client, worker, now):
    (notice,) = tell(worker, now)
    client.post(f"{INBOX}{notice.pk}/read/")
    first = Notice.objects.get().read_at
    client.post(f"{INBOX}{notice.pk}/read/")
    assert Notice.objects.get().read_at == first
    assert AuditEvent.objects.filter(action="notices.read").count() == 1


def test_undo_is_offered_and_works(client, worker, now):
    (notice,) = tell(worker, now)
    after = client.post(f"{INBOX}{notice.pk}/read/", follow=True)
    assert f"{INBOX}{notice.pk}/unread/" in after.content.decode()
    client.post(f"{INBOX}{notice.pk}/unread/")
    client.post(f"{INBOX}{notice.pk}/unread/")
    assert Notice.objects.get().read_at is None
    assert AuditEvent.objects.filter(action="notices.unread").count() == 1


def test_all_read_leaves_what_came_later(worker, now):
    tell(worker, now, 3)
    assert actions.mark_all_read(by=worker, now=now + timedelta(seconds=1)) == 2
    assert Notice.objects.unread().count() == 1


def test_all_read_leaves_other_people_alone(client, worker, neighbour, now):
    tell(worker, now, 2)
    tell(neighbour, now, 2)
    assert client.post(f"{INBOX}read/", follow=True).status_code == 200
    assert client.post(f"{INBOX}read/", follow=True).status_code == 200
    assert Notice.objects.unread().filter(user=neighbour).count() == 2


@pytest.mark.parametrize("verb", ["open", "read", "unread"])
def test_other_peoples_notices_do_not_exist(client, neighbour, now, verb):
    (theirs,) = tell(neighbour, now)
    assert client.post(f"{INBOX}{theirs.pk}/{verb}/").status_code == 404
    assert client.post(f"{INBOX}{uuid.uuid4()}/{verb}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


@pytest.mark.parametrize("path", ["read/", "{}/open/", "{}/read/", "{}/unread/"])
def test_looking_never_writes(client, worker, now, path):
    (notice,) = tell(worker, now)
    assert client.get(INBOX + path.format(notice.pk)).status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None


def test_own_action_guards_against_other_people(worker, neighbour, now):
    (notice,) = tell(worker, now)
    actions.mark_read(notice, by=neighbour, now=now)
    notice.refresh_from_db()
    assert notice.read_at is None
