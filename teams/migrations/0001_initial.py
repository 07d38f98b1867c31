import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gridgov.ids
import teams.models.track_field
from gridgov.audit.database_roles import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0001_initial"),  # its grants come before what is taken away here
        ("accounts", "0001_initial"),
        ("grids", "0001_initial"),
        ("sync", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Patrol",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.UUIDField(db_index=True, editable=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "source",
                    models.CharField(
                        choices=[("phone", "Walked with the phone"), ("file", "Track from a file")],
                        default="phone",
                        max_length=5,
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("gaps", models.PositiveSmallIntegerField(default=0, verbose_name="gaps in the track")),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="handed in")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "walker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patrols",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="walked by",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "patrol",
            },
        ),
        migrations.CreateModel(
            name="BoardText",
            fields=[
                (
                    "area",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="board_text",
                        serialize=False,
                        to="grids.area",
                    ),
                ),
                ("duties", models.TextField(blank=True, max_length=1000, verbose_name="duties")),
                ("supervision", models.CharField(blank=True, max_length=32, verbose_name="supervision phone")),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "words of a public board",
            },
        ),
        migrations.CreateModel(
            name="PatrolTrack",
            fields=[
                (
                    "patrol",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="track",
                        serialize=False,
                        to="teams.patrol",
                    ),
                ),
                ("line", teams.models.track_field.TrackField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PatrolFact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patrol_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("start", "started"), ("pause", "paused"), ("resume", "went on"), ("end", "ended")],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("offset", models.FloatField(default=0)),
                (
                    "patrol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="teams.patrol",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatrolKey",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("patrol_id", models.UUIDField()),
                (
                    "walker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatrolPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[("weekdays", "On days of the week"), ("every", "Every few days"), ("once", "Once")],
                        max_length=8,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("every", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every how many days")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "patrol plan",
                "ordering": ["area_path", "since", "id"],
            },
        ),
        migrations.AddField(
            model_name="patrol",
            name="plan",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patrols",
                to="teams.patrolplan",
                db_index=False,
            ),
        ),
        migrations.CreateModel(
            name="PatrolRoute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patrol_routes",
                        to="grids.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "patrol route",
                "ordering": ["area_path", "name"],
            },
        ),
        migrations.AddField(
            model_name="patrolplan",
            name="route",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="teams.patrolroute",
                verbose_name="route",
            ),
        ),
        migrations.AddField(
            model_name="patrol",
            name="route",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patrols",
                to="teams.patrolroute",
                verbose_name="route",
            ),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(verbose_name="order")),
                ("name", models.CharField(max_length=80, verbose_name="checkpoint")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area"),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.building",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checkpoints", to="teams.patrolroute"
                    ),
                ),
            ],
            options={
                "verbose_name": "checkpoint",
                "ordering": ["route", "order", "id"],
            },
        ),
        migrations.CreateModel(
            name="PublicFace",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="public_face",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=32, verbose_name="number to post")),
                ("agreed_at", models.DateTimeField()),
                (
                    "photo",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="sync.attachment"
                    ),
                ),
            ],
            options={
                "verbose_name": "what a person lets the board show",
            },
        ),
        migrations.CreateModel(
            name="RosterMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("month", models.DateField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area", db_index=False
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("name", models.CharField(max_length=20, verbose_name="name")),
                ("begins", models.TimeField(verbose_name="begins")),
                ("ends", models.TimeField(verbose_name="ends")),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="phone of the duty room")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="grids.area"
                    ),
                ),
            ],
            options={
                "verbose_name": "shift",
                "ordering": ["area_path", "begins", "id"],
            },
        ),
        migrations.CreateModel(
            name="DutyTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("on", models.DateField(verbose_name="day")),
                (
                    "part",
                    models.CharField(choices=[("leader", "Leader of the shift"), ("officer", "On duty")], max_length=8),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("planned_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duty_turns",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turns",
                        to="teams.shift",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["on", "shift", "part", "id"],
            },
        ),
        migrations.CreateModel(
            name="ShiftHandOver",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("on", models.DateField(verbose_name="day")),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="words")),
                ("snapshot", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, max_length=500)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area"),
                ),
                (
                    "incoming",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "outgoing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.shift"),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="TaskType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("code", models.CharField(max_length=12, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("heading", models.CharField(blank=True, max_length=40, verbose_name="heading")),
                (
                    "level",
                    models.CharField(
                        choices=[("grid", "Grids"), ("community", "Communities, not grids")],
                        default="grid",
                        max_length=12,
                        verbose_name="who may be asked",
                    ),
                ),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="legal basis")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("once", "when needed"),
                            ("weekly", "every week"),
                            ("monthly", "every month"),
                            ("quarterly", "every quarter"),
                            ("yearly", "every year"),
                        ],
                        default="once",
                        max_length=12,
                        verbose_name="how often",
                    ),
                ),
                ("admitted", models.BooleanField(verbose_name="admitted")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("decided_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="area",
                        db_index=False,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "task type",
                "ordering": ["area_path", "code"],
            },
        ),
        migrations.CreateModel(
            name="RefusedTask",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("title", models.CharField(max_length=80, verbose_name="what was asked")),
                ("reason", models.CharField(max_length=300, verbose_name="why it was refused")),
                ("asked_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area"),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "task_type",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.tasktype"
                    ),
                ),
            ],
            options={
                "verbose_name": "refused task",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="TrackChunk",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patrol_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("points", models.JSONField()),
                ("offset", models.FloatField(default=0)),
                (
                    "patrol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="teams.patrol",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TrackLook",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patrol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="looks", to="teams.patrol"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("grid_team", "Grid team"),
                            ("community", "Community"),
                            ("section", "Street office section"),
                            ("institution", "Public institution"),
                            ("station", "Stationed branch"),
                            ("department", "District department"),
                            ("utility", "Public utility"),
                            ("property", "Property manager"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "is_desk",
                    models.BooleanField(
                        default=False,
                        help_text="The desk that accepts, files and dispatches in its area.",
                        verbose_name="takes reports",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="office phone")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="grids.area",
                        verbose_name="works in",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="teams.unit",
                        verbose_name="belongs to",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit",
                "ordering": ["area_path", "name"],
            },
        ),
        migrations.AddField(
            model_name="tasktype",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.unit",
                verbose_name="owner",
            ),
        ),
        migrations.AddField(
            model_name="patrolplan",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.unit",
                verbose_name="unit",
            ),
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("grid_head", "Grid head"),
                            ("worker", "Full-time grid worker"),
                            ("part_time", "Part-time grid worker"),
                            ("adviser", "Grid adviser"),
                            ("building_head", "Building head"),
                            ("specialist", "Specialist in the grid team"),
                            ("community_desk", "Community desk"),
                            ("office", "Street grid office"),
                            ("leader", "Leader in charge"),
                            ("section_head", "Head of an office section"),
                            ("unit_staff", "Department staff"),
                            ("unit_head", "Head of a department"),
                            ("duty_officer", "Officer on duty"),
                            ("system_admin", "System administrator"),
                            ("security_admin", "Security administrator"),
                            ("audit_admin", "Audit administrator"),
                            ("office_admin", "Office administrator"),
                        ],
                        max_length=32,
                        verbose_name="role",
                    ),
                ),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("since", models.DateField(verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("is_head", models.BooleanField(default=False, verbose_name="head of the unit")),
                ("appointed_at", models.DateTimeField(auto_now_add=True)),
                ("announced_at", models.DateTimeField(editable=False, null=True)),
                (
                    "appointed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="grids.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="successors",
                        to="teams.assignment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                        db_index=False,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="teams.unit",
                        verbose_name="unit",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "ordering": ["area_path", "role", "since"],
            },
        ),
        migrations.CreateModel(
            name="DutyEntry",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("visit", "Visitor"),
                            ("instruction", "Instruction from above"),
                            ("incident", "Incident"),
                            ("weather", "Weather"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("words", models.TextField(max_length=1000, verbose_name="words")),
                ("follow", models.BooleanField(default=False, verbose_name="to be followed")),
                ("about", models.CharField(blank=True, max_length=24, verbose_name="incident number")),
                ("about_id", models.UUIDField(null=True)),
                ("written_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area"),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="teams.dutyentry",
                    ),
                ),
                (
                    "settles",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settled_by",
                        to="teams.dutyentry",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["area_path", "-id"], name="duty_entry_by_path"),
                    models.Index(
                        condition=models.Q(("follow", True)), fields=["area_path"], name="duty_entry_to_follow"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("written_at"))),
                        name="duty_entry_is_not_ahead_of_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_on", models.DateField(verbose_name="first day")),
                ("last_on", models.DateField(verbose_name="last day")),
                ("instead", models.BooleanField(default=False, verbose_name="only the substitute is told")),
                ("entered_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="substitute",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "ordering": ["since_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("cancelled_at", None)), fields=["user", "last_on"], name="leave_by_person"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("since_on"))), name="leave_ends_after_it_began"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("substitute")), _negated=True),
                        name="leave_has_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at", None), ("cancelled_by", None)),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="leave_cancelled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckpointMark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patrol_id", "checkpoint_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_confirmed", models.BooleanField()),
                (
                    "how",
                    models.CharField(
                        choices=[("hand", "by hand"), ("code", "by the code on site")], default="hand", max_length=4
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("closed", "Locked or closed"),
                            ("blocked", "No way through"),
                            ("unsafe", "Not safe to go near"),
                            ("called_away", "Called away"),
                            ("gone", "No longer there"),
                            ("other", "Another reason"),
                        ],
                        max_length=11,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="teams.checkpoint"
                    ),
                ),
                (
                    "patrol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="teams.patrol",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_confirmed", True), models.Q(("why", ""), _negated=True), _connector="OR"
                        ),
                        name="unconfirmed_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatrolCoverage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "area_id", "week", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("week", models.DateField()),
                ("checkpoints", models.PositiveIntegerField(default=0)),
                ("confirmed", models.PositiveIntegerField(default=0)),
                ("unconfirmed", models.PositiveIntegerField(default=0)),
                ("buildings", models.PositiveIntegerField(default=0)),
                ("buildings_seen", models.PositiveIntegerField(default=0)),
                ("ground", models.FloatField(default=0)),
                ("unseen", models.JSONField(default=list)),
                ("reckoned_at", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="grids.area", db_index=False
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["week", "area_path"], name="coverage_by_week")],
            },
        ),
        migrations.AddIndex(
            model_name="patrolroute",
            index=models.Index(fields=["area_path"], name="patrol_route_by_path"),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["area_path", "-started_at"], name="patrol_by_path"),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["walker", "-started_at"], name="patrol_by_walker"),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["plan", "started_at"], name="patrol_by_plan"),
        ),
        migrations.AddIndex(
            model_name="checkpoint",
            index=models.Index(fields=["area_path"], name="checkpoint_by_path"),
        ),
        migrations.AddConstraint(
            model_name="rostermonth",
            constraint=models.UniqueConstraint(fields=("area", "month"), name="one_roster_per_area_and_month"),
        ),
        migrations.AddConstraint(
            model_name="rostermonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="roster_month_begins_on_the_first"
            ),
        ),
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(fields=["area_path"], name="shift_by_path"),
        ),
        migrations.AddIndex(
            model_name="dutyturn",
            index=models.Index(fields=["area_path", "on"], name="turn_by_path_and_day"),
        ),
        migrations.AddConstraint(
            model_name="dutyturn",
            constraint=models.UniqueConstraint(
                fields=("shift", "on", "person"), name="one_turn_per_shift_day_and_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part", "leader")), fields=("shift", "on"), name="one_leader_per_shift_and_day"
            ),
        ),
        migrations.AddIndex(
            model_name="shifthandover",
            index=models.Index(fields=["area_path", "-id"], name="hand_over_by_path"),
        ),
        migrations.AddConstraint(
            model_name="shifthandover",
            constraint=models.CheckConstraint(
                condition=models.Q(("outgoing", models.F("incoming")), _negated=True), name="hand_over_is_between_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="shifthandover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accepted_at", None), models.Q(("refused_at", None), ("withdrawn_at", None)), _connector="OR"
                ),
                name="hand_over_ends_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="shifthandover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("refused_at", None), ("withdrawn_at", None)),
                fields=("shift", "on"),
                name="one_standing_hand_over_per_shift_and_day",
            ),
        ),
        migrations.AddIndex(
            model_name="refusedtask",
            index=models.Index(fields=["area_path", "-id"], name="refused_task_by_path"),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["area_path"], name="unit_by_path"),
        ),
        migrations.AddConstraint(
            model_name="tasktype",
            constraint=models.UniqueConstraint(fields=("area", "code"), name="one_task_type_per_code_and_area"),
        ),
        migrations.AddConstraint(
            model_name="tasktype",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="task_type_ends_after_it_began",
            ),
        ),
        migrations.AddIndex(
            model_name="patrolplan",
            index=models.Index(fields=["area_path"], name="patrol_plan_by_path"),
        ),
        migrations.AddIndex(
            model_name="patrolplan",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["unit"], name="patrol_plan_by_unit"),
        ),
        migrations.AddConstraint(
            model_name="patrolplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                name="plan_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="patrolplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__isnull", False), ("person__isnull", False), _connector="OR"),
                name="plan_says_who_walks",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["user", "until"], name="post_by_person"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["area_path"], name="post_by_path"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["unit", "until"], name="post_by_unit"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("announced_at", None), ("until__isnull", False)),
                fields=["until"],
                name="post_end_to_announce",
            ),
        ),
        migrations.AddIndex(
            model_name="patrol",
            index=models.Index(fields=["-started_at", "-id"], name="patrol_newest"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                name="post_ends_after_it_began",
            ),
        ),
        append_only("teams_dutyentry"),
        # a street that moves in the tree takes its log along
        migrations.RunSQL("GRANT UPDATE (area_path) ON teams_dutyentry TO gridgov_app;", migrations.RunSQL.noop),
    ]
