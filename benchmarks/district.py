"""A synthetic district for load: 10 streets, 100 communities, 1,000 square grids, any number of incidents, by SQL."""

import math
from datetime import datetime, timedelta

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection

from benchmarks.planner import analyze
from gridgov.accounts.models import User
from gridgov.clock import calendars, ladders
from gridgov.clock.seed import seed_calendars
from grids.models import Area, BoundaryVersion, segment
from incidents.catalogue import load_catalogue
from incidents.models import Category
from teams.models import Assignment, Unit
from teams.roles import Role

STREETS, COMMUNITIES, GRIDS = 10, 10, 10
SIDE = 0.004  # degrees: about 400 m


def _area(kind: str, parent: Area | None, nth: int, code: str) -> Area:
    path = (parent.path if parent else "") + segment(nth)
    grid_kind = "general" if kind == Area.Kind.GRID else ""
    return Area(kind=kind, parent=parent, path=path, code=code, name=f"{code[-3:]}号{kind}", grid_kind=grid_kind)


def build_areas() -> list[Area]:
    """The tree; answers the grids. Squares side by side on a plane of 32 columns."""
    district = _area("district", None, 1, "990101")
    district.save()
    grids: list[Area] = []
    for s in range(1, STREETS + 1):
        street = _area("street", district, s, f"990101{s:03}")
        street.save()
        for c in range(1, COMMUNITIES + 1):
            community = _area("community", street, c, f"{street.code}{c:03}")
            community.save()
            new = [_area("grid", community, g, f"{community.code}{g:03}") for g in range(1, GRIDS + 1)]
            Area.objects.bulk_create(new)
            grids += new
    return grids


def build_boundaries(grids: list[Area], since: datetime) -> None:
    """One square each."""
    rows = []
    for n, grid in enumerate(grids):
        west, south = 130 + SIDE * (n % 32), 30 + SIDE * (n // 32)
        square = Polygon.from_bbox((west, south, west + SIDE, south + SIDE))
        rows.append(BoundaryVersion(area=grid, kind="grid", polygon=MultiPolygon(square, srid=4326), since=since))
    BoundaryVersion.objects.bulk_create(rows)


def build_people(now: datetime) -> User:
    """A desk for each street, teams, five departments; answers the office worker of the first street."""
    streets = list(Area.objects.filter(kind="street").order_by("path"))
    units = [
        Unit(code=f"D{s.code}", name=f"{s.code}网格办", kind="section", area=s, area_path=s.path, is_desk=True)
        for s in streets
    ]
    units += [
        Unit(code=f"U{n}", name=f"部门{n}", kind="department", area=streets[0].parent, area_path=streets[0].parent.path)
        for n in range(5)
    ]
    units += [
        Unit(code=f"T{g.code}", name=f"{g.code}团队", kind="grid_team", area=g, area_path=g.path)
        for g in Area.objects.grids()
    ]
    Unit.objects.bulk_create(units)
    office = User.objects.create(username="office", name="街道办", password="!")
    desk = Unit.objects.get(code=f"D{streets[0].code}")
    Assignment.objects.create(
        user=office, role=Role.OFFICE, area=streets[0], area_path=streets[0].path, unit=desk,
        since=now.date() - timedelta(days=400),
    )  # fmt: skip
    seed_calendars(now=now)
    load_catalogue(by=User.objects.service("import"), now=now)
    return office


FILL = """
CREATE TEMP TABLE made AS
SELECT n, (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0')
        || '8' || lpad(to_hex(n), 15, '0'))::uuid AS id, t, g.id AS area_id, g.path AS area_path, u.id AS desk_id,
       c.id AS category_id, n %% 20 = 0 AS is_open, st_pointonsurface(b.polygon) AS point
FROM (SELECT n, %(now)s::timestamptz - (n * interval '1 year' / %(count)s) AS t, n %% %(grids)s AS nth FROM generate_series(1, %(count)s) n) x
JOIN (SELECT a.*, row_number() OVER (ORDER BY path) - 1 AS nth FROM grids_area a WHERE kind = 'grid') g USING (nth)
JOIN grids_boundaryversion b ON b.area_id = g.id
JOIN teams_unit u ON u.is_desk AND g.path LIKE u.area_path || '%%'
JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 AS k FROM incidents_category WHERE major_id IS NOT NULL) c
  ON c.k = n %% (SELECT count(*) FROM incidents_category WHERE major_id IS NOT NULL);
INSERT INTO incidents_incident (id, number, area_id, area_path, category_id, status, cycle, version, level, raised, urged,
    holder_id, responsible_id, description, place, point, location_source, near_boundary, needs_triage, channel,
    reported_by_id, is_confidential, follow_code, reported_at, due_at, promised_at, ended_at)
SELECT id, 'B-' || n, area_id, area_path, category_id, CASE WHEN is_open THEN 'reported' ELSE 'closed' END, 1, 1,
    CASE WHEN is_open THEN n %% 5 ELSE 0 END, 0, 0, desk_id, desk_id, CASE n %% 50 WHEN 0 THEN '三楼堆满纸箱' ELSE '路灯不亮' END, '', point, 'pin', false, false,
    'desk', %(by)s, false, '', t, CASE WHEN is_open THEN t + interval '1 day' END, t + interval '5 days',
    CASE WHEN is_open THEN NULL ELSE t + interval '6 hours' END
FROM made;
INSERT INTO incidents_casenumber (number, incident_id) SELECT 'B-' || n, id FROM made;
INSERT INTO incidents_incidentsearch (incident_id, grams) SELECT id, CASE n %% 50 WHEN 0 THEN ARRAY['三','楼','纸','箱','三楼','纸箱'] ELSE ARRAY['路','灯','路灯','不亮', (n %% 97)::text] END FROM made;
INSERT INTO incidents_custody (incident_id, seq, previous, unit_id, since, until) SELECT id, 1, NULL, desk_id, t, NULL FROM made;
INSERT INTO incidents_step (incident_id, seq, move, status, at, by_id, words, data) SELECT id, 1, 'report', 'reported', t, %(by)s, '', '{}' FROM made;
INSERT INTO clock_clock (id, subject_kind, subject_id, cycle, stage, area_path, calendar_version_id, ladder_version_id,
    legs, basis, ladder_basis, least_level, budget, started_at, outcome, revision, due_at, level, attempts, error, next_at, next_level)
SELECT gen_random_uuid(), 'incidents.incident', id, 1, 'accept', area_path, %(calendar)s, %(ladder)s, '[]', '', '', 0, 28800, t, '', 1,
    t + interval '1 day', 0, 0, '', %(now)s::timestamptz + interval '9 days', 1 FROM made WHERE is_open;
"""


def fill(count: int, now: datetime) -> None:
    """`count` incidents over the last year, every twentieth still open."""
    facts = {"count": count, "now": now, "grids": Area.objects.grids().count(), "by": User.objects.service("import").pk}
    with connection.cursor() as cursor:
        cursor.execute(FILL, facts | {"calendar": calendars.default().pk, "ladder": ladders.current().pk})
    analyze()


def middle(grid_index: int) -> tuple[float, float]:
    """A point inside the grid of this number."""
    return 130 + SIDE * (grid_index % 32) + SIDE / math.e, 30 + SIDE * (grid_index // 32) + SIDE / math.pi


def first_category() -> Category:
    """Any entry."""
    return Category.objects.offered().select_related("lead_unit").order_by("code")[0]
