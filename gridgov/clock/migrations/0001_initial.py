import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gridgov.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("findings", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
            ],
            options={
                "verbose_name": "ladder",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("zone", models.CharField(default="Asia/Shanghai", max_length=40, verbose_name="time zone")),
                ("weekly", models.JSONField(default=list)),
                ("exceptions", models.JSONField(default=dict)),
                ("years", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["calendar", "number"],
            },
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.UUIDField()),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                ("stage", models.CharField(max_length=12)),
                ("unit_id", models.BigIntegerField(null=True)),
                ("area_path", models.CharField(db_collation="C", max_length=120)),
                ("legs", models.JSONField(default=list)),
                ("basis", models.CharField(blank=True, max_length=40)),
                ("ladder_basis", models.CharField(blank=True, max_length=60)),
                (
                    "least_level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")],
                        default=0,
                    ),
                ),
                ("budget", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")],
                        default=0,
                    ),
                ),
                ("next_level", models.PositiveSmallIntegerField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "calendar_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clock.calendarversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clock_id", "revision", "level", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")]
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("fired_at", models.DateTimeField()),
                ("late_by", models.DurationField()),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
                        to="clock.clock",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clock_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("seconds", models.PositiveIntegerField()),
                ("reason", models.TextField(max_length=500)),
                ("approved_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="extensions",
                        to="clock.clock",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clock_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveSmallIntegerField()),
                ("from_unit_id", models.BigIntegerField(null=True)),
                ("to_unit_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_overs",
                        to="clock.clock",
                        db_index=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LadderVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("steps", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="clock.ladder",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["ladder", "number"],
            },
        ),
        migrations.AddField(
            model_name="clock",
            name="ladder_version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clock.ladderversion"
            ),
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clock_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveSmallIntegerField()),
                ("reason", models.TextField(max_length=500)),
                ("evidence", models.TextField(blank=True, max_length=500)),
                ("asked_in", models.UUIDField(null=True)),
                ("approved_at", models.DateTimeField()),
                ("begin", models.DateTimeField()),
                ("at_most", models.DateTimeField()),
                ("end", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="clock.clock",
                        db_index=False,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorkCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("is_default", models.BooleanField(default=False, verbose_name="used where nothing else is set")),
                ("is_always", models.BooleanField(default=False, verbose_name="around the clock")),
            ],
            options={
                "verbose_name": "working calendar",
                "ordering": ["-is_default", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("is_default",), name="one_default_calendar"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Replan",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clock_id", "revision", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("verb", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("old_budget", models.PositiveIntegerField()),
                ("new_budget", models.PositiveIntegerField()),
                ("old_due_at", models.DateTimeField(null=True)),
                ("new_due_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replans",
                        to="clock.clock",
                        db_index=False,
                    ),
                ),
                (
                    "new_calendar",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clock.calendarversion",
                    ),
                ),
                (
                    "new_ladder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clock.ladderversion",
                    ),
                ),
                (
                    "old_calendar",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clock.calendarversion",
                    ),
                ),
                (
                    "old_ladder",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clock.ladderversion",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="calendarversion",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="clock.workcalendar",
                db_index=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="ladderversion",
            constraint=models.UniqueConstraint(fields=("ladder", "number"), name="ladder_version_once"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("stopped_at", None), ("next_at__isnull", False)),
                fields=["next_at"],
                name="clock_next",
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(fields=["subject_id", "stage"], name="clock_by_subject"),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("stopped_at", None)), fields=["calendar_version"], name="clock_running_by_calendar"
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("attempts__gt", 0), ("stopped_at", None)), fields=["id"], name="clock_poisoned"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stopped_at", None)),
                fields=("subject_id", "subject_kind", "stage"),
                name="one_running_clock_per_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(("stopped_at", None), ("stopped_at__gte", models.F("started_at")), _connector="OR"),
                name="clock_stops_after_it_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("end", None)), fields=("clock",), name="one_open_pause_per_clock"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("begin__gte", models.F("approved_at"))), name="pause_never_before_approval"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("at_most__gt", models.F("begin"))), name="pause_has_a_maximum"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end", None),
                    models.Q(("end__gte", models.F("begin")), ("end__lte", models.F("at_most"))),
                    _connector="OR",
                ),
                name="pause_ends_in_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(fields=("calendar", "number"), name="calendar_version_once"),
        ),
    ]
