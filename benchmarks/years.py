"""The demo street after years: its rows many times over, by SQL, and a thousand grids beside its own.

A copy of a row is the row some days earlier: its times are moved, and so is the time that its UUID carries, which
keeps every key unique and every reference whole, for what it points at was moved by as much.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, models

from benchmarks.planner import analyze
from gridgov.accounts.models import User
from grids.kinds import PlaceKind
from grids.models import Area, BoundaryVersion, segment
from residents.models import Dwelling, Household, Resident
from residents.protection import protected_paths
from teams.models import Assignment, Unit
from teams.roles import Role

STREET = "990101001"
APART = 3  # days between one copy and the next
OPEN_COPIES = 20  # of what is open; the rest of the copies are of what has ended
SIDE = 0.001  # degrees: a grid of about 100 m

# Parents before their children. How many copies, as a share of what is asked for; and of which only every nth is made,
# so that days that must be unique stay so.
COPIED: dict[str, tuple[float, int]] = {
    "incidents_incident": (1, 1), "incidents_casenumber": (1, 1), "incidents_incidentsearch": (1, 1),
    "incidents_step": (1, 1), "incidents_custody": (1, 1), "incidents_wait": (1, 1), "incidents_supervision": (1, 1),
    "incidents_request": (1, 1), "incidents_referral": (1, 1), "clock_clock": (1, 1), "clock_pause": (1, 1),
    "clock_extension": (1, 1), "clock_handover": (1, 1), "clock_escalation": (1, 1), "notices_notice": (0.3, 1),
    "audit_auditevent": (0.3, 1), "teams_patrol": (2, 1), "teams_patrolkey": (2, 1), "teams_patrolfact": (2, 1),
    "teams_trackchunk": (2, 1), "teams_patroltrack": (2, 1), "teams_checkpointmark": (2, 1),
    "teams_patrolcoverage": (1, 14), "teams_dutyturn": (1, 35), "teams_shifthandover": (2, 1),
    "teams_dutyentry": (6, 1), "teams_leave": (6, 1), "teams_refusedtask": (2, 1), "incidents_campaign": (0.15, 1),
    "incidents_campaigntarget": (0.15, 1), "grids_boundaryplan": (2, 1), "grids_planstep": (2, 1),
    "grids_plannote": (2, 1), "grids_handover": (2, 1), "grids_divisionproposal": (0.6, 1),
    "grids_proposeddivision": (0.6, 1), "assessment_daycount": (1, 35), "incidents_savedview": (0.04, 1),
}  # fmt: skip
CHANGED = {  # what a copy cannot have moved: a number of its own, and nothing that is sealed for the row it came from
    "number": "to_hex(c) || '-' || right(t.number, 19)",
    "caller_name": "NULL", "caller_phone": "NULL", "caller_phone_index": "NULL",
}  # fmt: skip
PREPARED = f"""
CREATE FUNCTION pg_temp.moved(id uuid, c int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN substr(id::text, 15, 1) = '7' THEN (lpad(to_hex(
        ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - c * 86400000::bigint * {APART}), 12, '0')
        || substr(replace(id::text, '-', ''), 13))::uuid ELSE md5(id::text || c)::uuid END $$;
CREATE FUNCTION pg_temp.moved(id text, c int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN id ~ '^[0-9a-f]{{8}}-' THEN pg_temp.moved(id::uuid, c)::text ELSE id END $$;
CREATE TEMP TABLE still_open AS SELECT id FROM incidents_incident WHERE ended_at IS NULL;
CREATE TEMP TABLE first_clock AS SELECT id, subject_id FROM clock_clock;
"""


def _value(table: str, field: Any) -> str:
    """A column of a copy."""
    column, kind = f't."{field.column}"', field.get_internal_type()
    if table in ("incidents_incident", "incidents_casenumber") and field.column in CHANGED:
        return CHANGED[field.column]
    if field.is_relation:
        target = field.related_model._meta
        by_uuid = target.pk.is_relation or target.pk.get_internal_type() == "UUIDField"
        kind = "UUIDField" if by_uuid and target.db_table in COPIED else ""
    if kind == "UUIDField" or field.column == "subject_id":
        return f"pg_temp.moved({column}, c)"
    if kind == "DateTimeField":
        return f"{column} - c * interval '{APART} days'"
    return f"{column} - c * {APART}" if kind == "DateField" else column


def _subject(table: str, columns: set[str]) -> str:
    """By which case a row counts as open or ended."""
    if table == "incidents_incident":
        return "t.id"
    if table == "clock_clock":
        return "t.subject_id"
    if table.startswith("clock_"):
        return "(SELECT k.subject_id FROM first_clock k WHERE k.id = t.clock_id)"
    return "t.incident_id" if "incident_id" in columns else "NULL"


def copy(model: type[models.Model], times: int, every: int) -> None:
    """That many copies of each row of a table."""
    table = model._meta.db_table
    fields = [f for f in model._meta.local_concrete_fields if f.get_internal_type() != "BigAutoField"]
    names = ", ".join(f'"{f.column}"' for f in fields)
    values = ", ".join(_value(table, f) for f in fields)
    case = _subject(table, {str(f.column) for f in fields})
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t, generate_series({every}, {times}, {every}) c"
            f" WHERE c <= {OPEN_COPIES} OR NOT EXISTS (SELECT FROM still_open o WHERE o.id = {case})"
        )


def broaden(now: datetime) -> list[Area]:
    """Ten communities of a hundred grids each in the demo street, with boundaries."""
    street = Area.objects.get(code=STREET)
    box = models.Aggregate("polygon", function="ST_Extent", output_field=models.TextField())
    found = BoundaryVersion.objects.aggregate(box=box)["box"]
    west, south = (float(number) for number in re.findall(r"[\d.]+", found)[:2])
    grids: list[Area] = []
    for c in range(101, 111):
        code, path = f"{STREET}{c}", street.path + segment(c)
        above = Area.objects.create(kind="community", parent=street, path=path, code=code, name=f"第{c}社区")
        facts: dict[str, Any] = {"kind": "grid", "parent": above, "grid_kind": "general", "households": 400}
        grids += Area.objects.bulk_create(
            Area(path=path + segment(g), code=f"{code}{g:03}", name=f"第{c}社区第{g}网格", **facts)
            for g in range(1, 101)
        )
    squares = []
    for n, grid in enumerate(grids):
        x, y = west + 0.1 + SIDE * (n % 40), south + SIDE * (n // 40)
        square = MultiPolygon(Polygon.from_bbox((x, y, x + SIDE, y + SIDE)), srid=4326)
        squares.append(BoundaryVersion(area=grid, kind="grid", polygon=square, since=now - timedelta(days=900)))
    BoundaryVersion.objects.bulk_create(squares)
    return grids


def people(grids: list[Area], count: int, now: datetime) -> None:
    """A team for each grid; workers, heads and those who had the posts before."""
    teams = Unit.objects.bulk_create(
        Unit(code=f"T{g.code}", name=f"{g.name}团队", kind="grid_team", area=g, area_path=g.path) for g in grids
    )
    users = User.objects.bulk_create(
        User(username=f"P{n:05}", name=f"人员{n}", password="!", is_active=n < count * 0.7) for n in range(count)
    )
    posts, day = [], now.date()
    for n, user in enumerate(users):
        grid, role = grids[n % len(grids)], Role.GRID_HEAD if n % 5 == 0 else Role.WORKER
        until = None if user.is_active else day - timedelta(days=200)
        posts.append(Assignment(
            user=user, role=role, area=grid, area_path=grid.path, unit=teams[n % len(grids)],
            since=day - timedelta(days=300), until=until,
        ))  # fmt: skip
    Assignment.objects.bulk_create(posts)


BREADTH = """
INSERT INTO grids_building (area_id, area_path, code, name, address, initials, point, households, persons)
SELECT a.id, a.path, lpad(n::text, 5, '0'), n || '号楼', a.name || n || '号', n || 'hl', st_pointonsurface(b.polygon), 24, 60
FROM grids_area a JOIN grids_boundaryversion b ON b.area_id = a.id, generate_series(1, 50) n WHERE a.id = ANY(%(grids)s);
INSERT INTO grids_place (id, area_id, area_path, name, address, initials, point, created_at, ended_why, kind, building_id, credit_code)
SELECT gen_random_uuid(), area_id, area_path, '便民商店' || id, address, 'bmsd', point, %(now)s, '', %(kind)s, id, ''
FROM grids_building WHERE area_id = ANY(%(grids)s) AND id %% 2 = 0;
INSERT INTO grids_asset (area_id, area_path, name, address, initials, point, created_at, ended_why, code, kind, owner, condition)
SELECT area_id, area_path, '', address, '', point, %(now)s, '', '9901020103' || lpad((id + 100000)::text, 6, '0'), '0103', '市政养护队', 'intact'
FROM grids_building WHERE area_id = ANY(%(grids)s);
INSERT INTO residents_dwelling (building_id, area_id, area_path, entrance, floor, room, use)
SELECT id, area_id, area_path, '1', n, n || '01', (SELECT use FROM residents_dwelling LIMIT 1)
FROM grids_building, generate_series(1, 2) n WHERE area_id = ANY(%(grids)s);
INSERT INTO notices_outbox (id, channel, user_id, area_path, key, payload, urgent, state, attempts, created_at, next_at, sent_at, error, error_detail)
SELECT id, 'email', user_id, '', 'years-' || id, jsonb_build_object('code', code, 'params', params), false,
    CASE WHEN left(id::text, 8) LIKE '%%7' THEN 'failed' ELSE 'sent' END, 1, created_at, created_at,
    CASE WHEN left(id::text, 8) LIKE '%%7' THEN NULL ELSE created_at END, '', ''
FROM notices_notice ON CONFLICT DO NOTHING;
INSERT INTO usersessions_usersession (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)
SELECT id, %(now)s, '10.0.0.1', %(now)s, md5(id::text || n), 'Mozilla/5.0', '{}' FROM accounts_user, generate_series(1, 3) n;
INSERT INTO teams_patrolcoverage (area_id, area_path, week, checkpoints, confirmed, unconfirmed, buildings, buildings_seen, ground, unseen, reckoned_at)
SELECT a.id, a.path, w::date, 4, 3, 1, 50, 20, 0.3, (SELECT jsonb_agg(h.id) FROM grids_building h WHERE h.area_id = a.id), %(now)s
FROM grids_area a, generate_series(date_trunc('week', %(now)s::timestamptz) - interval '350 days', %(now)s, interval '7 days') w
WHERE a.id = ANY(%(grids)s) ON CONFLICT DO NOTHING;
INSERT INTO incidents_campaigntarget (id, campaign_id, building_id, answers, words, finding, checked_at, checked_by_id)
SELECT gen_random_uuid(), c.id, h.id, '[]', '', CASE WHEN c.status = 'ended' THEN 'fine' ELSE '' END,
    CASE WHEN c.status = 'ended' THEN %(now)s::timestamptz END, CASE WHEN c.status = 'ended' THEN c.asked_by_id END
FROM incidents_campaign c, grids_building h
WHERE c.objects_kind = 'building' AND h.area_id = ANY(%(grids)s) AND h.id %% 20 = abs(hashtext(c.id::text)) %% 20;
INSERT INTO teams_patrolroute (area_id, area_path, name, created_at, created_by_id)
SELECT id, path, name || '路线', %(now)s, %(by)s FROM grids_area WHERE id = ANY(%(grids)s);
INSERT INTO teams_checkpoint (route_id, "order", name, point, building_id, area_id, area_path)
SELECT r.id, row_number() OVER (PARTITION BY r.id ORDER BY h.id), h.name, h.point, h.id, h.area_id, h.area_path
FROM teams_patrolroute r JOIN grids_building h USING (area_id) WHERE r.area_id = ANY(%(grids)s);
"""
VERSIONS = """
UPDATE {table} SET number = number + 1000;
INSERT INTO {table} ({names}, number) SELECT {names}, n FROM (SELECT DISTINCT ON ({key}) * FROM {table}) v, generate_series(1, 100) n;
"""


def versions(model: Any, key: str) -> None:
    """A hundred older versions of each calendar or ladder."""
    columns = [f.column for f in model._meta.local_concrete_fields if f.column not in ("id", "number")]
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS.format(table=model._meta.db_table, names=", ".join(columns), key=key))


def living(grids: list[Area], count: int, now: datetime) -> None:
    """Two residents to a household, sealed one by one."""
    by, street = User.objects.service("import"), Area.objects.get(code=STREET)
    with protected_paths([street.path]):
        homes = list(Dwelling.objects.filter(area__in=grids).order_by("id")[: count // 2])
        made = Household.objects.bulk_create(
            Household(dwelling=d, area_id=d.area_id, area_path=d.area_path) for d in homes
        )
        rows = []
        for n in range(len(made) * 2):
            home = made[n // 2]
            where = {"household": home, "area_id": home.area_id, "area_path": home.area_path}
            rows.append(Resident(living="living", created_at=now, created_by=by, **where))
            for name, text in (("name", f"住户{n}"), ("phone", f"199{n:08}"), ("id_number", "")):
                rows[-1].set_personal(name, text)
        Resident.objects.bulk_create(rows, batch_size=5000)


def grow(copies: int, now: datetime) -> None:
    """All of it, in a database that holds the demo and nothing else."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
    for table, (share, every) in COPIED.items():
        copy(tables[table], int(copies * share), every)
    grids = broaden(now)
    people(grids, 5000, now)
    facts = {
        "grids": [g.pk for g in grids],
        "now": now,
        "kind": PlaceKind.values[0],
        "by": User.objects.service("import").pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(BREADTH, facts)
    versions(tables["clock_calendarversion"], "calendar_id")
    versions(tables["clock_ladderversion"], "ladder_id")
    living(grids, 20_000, now)
    analyze()
