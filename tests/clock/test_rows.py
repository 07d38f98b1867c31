"""Many rows by one statement: the same as saving each."""

from datetime import timedelta

from gridgov.clock.models import Clock
from gridgov.rows import update_rows


def test_each_row_gets_its_own_values_and_keeps_the_rest(begin, now, django_assert_num_queries):
    clocks = [begin(now - timedelta(hours=n)) for n in range(3)]
    for n, clock in enumerate(clocks):
        clock.next_at = None if n == 1 else now + timedelta(seconds=n)
        clock.error = f"'quoted' {n} 出错"
        clock.level = n
        clock.stage = "unwritten"
    with django_assert_num_queries(1):
        update_rows(clocks, ["next_at", "error", "level"])
    for clock in clocks:
        kept = Clock.objects.get(pk=clock.pk)
        assert (kept.next_at, kept.error, kept.level) == (clock.next_at, clock.error, clock.level)
        assert kept.stage != "unwritten"


def test_no_rows_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows([], ["level"])
