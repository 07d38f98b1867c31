import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import gridgov.ids
import gridgov.privacy.fields
from incidents.database import CHAIN, NUMBERS


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clock", "0001_initial"),
        ("grids", "0001_initial"),
        ("residents", "0001_initial"),
        ("teams", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Audience",
            fields=[
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="clock.ladderversion",
                    ),
                ),
                ("table", models.JSONField()),
                ("returned", models.PositiveSmallIntegerField(default=3)),
                ("urgent", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="CaseNumber",
            fields=[
                ("number", models.CharField(db_collation="C", max_length=24, primary_key=True, serialize=False)),
                ("incident_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="ExternalId",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "source", "external_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=120)),
                ("incident_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(db_collation="C", editable=False, max_length=24, verbose_name="number")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "To be confirmed"),
                            ("reported", "Reported"),
                            ("accepted", "Accepted"),
                            ("filed", "Filed"),
                            ("dispatched", "Dispatched"),
                            ("in_progress", "In progress"),
                            ("resolved", "To be verified"),
                            ("verified", "Verified"),
                            ("closed", "Closed"),
                            ("self_resolved", "Resolved on the spot"),
                            ("rejected", "Not accepted"),
                            ("void", "Void"),
                        ],
                        default="reported",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")],
                        default=0,
                        verbose_name="level",
                    ),
                ),
                ("raised", models.PositiveSmallIntegerField(default=0, verbose_name="raised")),
                ("urged", models.PositiveSmallIntegerField(default=0, verbose_name="urged")),
                ("description", models.TextField(max_length=2000, verbose_name="what is the matter")),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place in words")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("accuracy", models.FloatField(blank=True, null=True, verbose_name="accuracy (m)")),
                (
                    "location_source",
                    models.CharField(
                        choices=[
                            ("none", "In words only"),
                            ("building", "Building"),
                            ("device", "Device location"),
                            ("pin", "Pin on the map"),
                            ("import", "Import"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("near_boundary", models.BooleanField(default=False)),
                ("needs_triage", models.BooleanField(default=False)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("field", "Grid worker"),
                            ("desk", "Caller at the desk"),
                            ("public", "Resident"),
                            ("api", "Other system"),
                            ("import", "Import"),
                        ],
                        default="field",
                        max_length=8,
                        verbose_name="came in by",
                    ),
                ),
                (
                    "caller_name",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="name", null=True, verbose_name="caller's name"
                    ),
                ),
                (
                    "caller_phone",
                    gridgov.privacy.fields.SealedField(
                        blank=True, bound_to="pk", editable=True, kind="phone", null=True, verbose_name="caller's phone"
                    ),
                ),
                ("caller_phone_index", models.BinaryField(max_length=16, null=True)),
                ("follow_code", models.CharField(blank=True, editable=False, max_length=64)),
                ("is_confidential", models.BooleanField(default=False, verbose_name="confidential")),
                ("reported_at", models.DateTimeField(verbose_name="reported")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("promised_at", models.DateTimeField(blank=True, null=True, verbose_name="promised")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="grids.area",
                        verbose_name="grid",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.asset",
                        verbose_name="city asset",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.building",
                        verbose_name="building",
                    ),
                ),
            ],
            options={
                "verbose_name": "incident",
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("title", models.CharField(max_length=40, verbose_name="title")),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="what it is for")),
                (
                    "objects_kind",
                    models.CharField(
                        choices=[
                            ("building", "Buildings"),
                            ("dwelling", "Dwellings"),
                            ("place", "Places"),
                            ("asset", "City assets"),
                        ],
                        max_length=8,
                        verbose_name="objects",
                    ),
                ),
                ("items", models.JSONField(default=list, verbose_name="checklist")),
                ("chosen", models.JSONField(default=dict)),
                ("due_on", models.DateField(verbose_name="to be done by")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
                        default="draft",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "task_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="teams.tasktype",
                        verbose_name="task",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="teams.unit",
                        verbose_name="for unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=60, verbose_name="English name")),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=80)),
                ("icon", models.CharField(blank=True, max_length=40, verbose_name="icon")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("problem", "Problem"),
                            ("request", "Request"),
                            ("complaint", "Complaint"),
                            ("advice", "Advice"),
                            ("emergency", "Emergency"),
                        ],
                        default="problem",
                        max_length=12,
                        verbose_name="nature",
                    ),
                ),
                (
                    "clock",
                    models.CharField(
                        choices=[("working", "Working time"), ("natural", "Around the clock")],
                        default="working",
                        max_length=8,
                        verbose_name="which time counts",
                    ),
                ),
                ("handle_seconds", models.PositiveIntegerField(default=28800, verbose_name="limit to handle")),
                (
                    "promise_seconds",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="promised to the resident"),
                ),
                ("is_emergency", models.BooleanField(default=False, verbose_name="emergency")),
                ("on_the_spot", models.BooleanField(default=True, verbose_name="may be resolved on the spot")),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("worker", "A grid worker on site"),
                            ("resident", "The resident, by call-back"),
                            ("none", "The desk, by the result"),
                        ],
                        default="worker",
                        max_length=8,
                        verbose_name="verified by",
                    ),
                ),
                ("is_confidential", models.BooleanField(default=False, verbose_name="confidential")),
                ("is_public", models.BooleanField(default=True, verbose_name="residents may report it")),
                (
                    "phrases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=3,
                        verbose_name="phrases",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="teams.unit",
                        verbose_name="responsible unit",
                    ),
                ),
                (
                    "major",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minors",
                        to="incidents.category",
                        verbose_name="heading",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="legal basis")),
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
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="duties",
                        to="incidents.category",
                        verbose_name="category",
                        db_index=False,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="teams.unit",
                        verbose_name="responsible unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "duty",
                "ordering": ["category__code", "area_path"],
            },
        ),
        migrations.CreateModel(
            name="IncidentSearch",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PatrolFinding",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="finding",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("patrol_key", models.UUIDField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name="incident",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.category",
                verbose_name="category",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="handling_unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.unit",
                verbose_name="handling unit",
                db_index=False,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="holder",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.unit",
                verbose_name="holder",
                db_index=False,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="listed_place",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="grids.place",
                verbose_name="place",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="reported_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reported by",
                db_index=False,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="responsible",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.unit",
                verbose_name="responsible unit",
            ),
        ),
        migrations.CreateModel(
            name="Custody",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("previous", models.PositiveIntegerField(null=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.unit", db_index=False
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="custody",
                        to="incidents.incident",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["incident_id", "seq"],
            },
        ),
        migrations.CreateModel(
            name="CampaignTarget",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("answers", models.JSONField(default=list)),
                ("words", models.CharField(blank=True, max_length=200)),
                (
                    "finding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fine", "In order"),
                            ("rectified", "Put right on the spot"),
                            ("incident", "Became an incident"),
                        ],
                        max_length=9,
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "asset",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.asset"
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.building",
                        db_index=False,
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="incidents.campaign",
                        db_index=False,
                    ),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dwelling",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.dwelling",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.place"
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign_targets",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "verbose_name": "object of a campaign",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LimitVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("rules", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="why")),
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
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("cycle", models.PositiveSmallIntegerField()),
                (
                    "to",
                    models.CharField(
                        choices=[("district", "District"), ("meeting", "Joint meeting")],
                        max_length=8,
                        verbose_name="to",
                    ),
                ),
                ("approved", models.BooleanField()),
                ("words", models.TextField(max_length=1000)),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="referrals",
                        to="incidents.incident",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("return", "Return"),
                            ("extension", "Extension"),
                            ("suspension", "Suspension"),
                            ("void", "Voiding"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(max_length=500, verbose_name="reason")),
                ("evidence", models.TextField(blank=True, max_length=500, verbose_name="evidence")),
                ("seconds", models.PositiveIntegerField(blank=True, null=True, verbose_name="how much")),
                ("asked_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer_words", models.TextField(blank=True, max_length=500)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("query", models.CharField(editable=False, max_length=600)),
                ("created_at", models.DateTimeField(editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("move", models.CharField(max_length=24)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "To be confirmed"),
                            ("reported", "Reported"),
                            ("accepted", "Accepted"),
                            ("filed", "Filed"),
                            ("dispatched", "Dispatched"),
                            ("in_progress", "In progress"),
                            ("resolved", "To be verified"),
                            ("verified", "Verified"),
                            ("closed", "Closed"),
                            ("self_resolved", "Resolved on the spot"),
                            ("rejected", "Not accepted"),
                            ("void", "Void"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("words", models.TextField(blank=True, max_length=2000)),
                ("data", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="incidents.incident",
                        db_index=False,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["incident_id", "seq"],
            },
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("stage", models.CharField(max_length=8)),
                ("cycle", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField(default=0)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")]
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("due_on", models.DateField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, max_length=1000)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_words", models.TextField(blank=True, max_length=1000)),
                (
                    "ended_with",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unconfirmed", "To be confirmed"),
                            ("reported", "Reported"),
                            ("accepted", "Accepted"),
                            ("filed", "Filed"),
                            ("dispatched", "Dispatched"),
                            ("in_progress", "In progress"),
                            ("resolved", "To be verified"),
                            ("verified", "Verified"),
                            ("closed", "Closed"),
                            ("self_resolved", "Resolved on the spot"),
                            ("rejected", "Not accepted"),
                            ("void", "Void"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supervisions",
                        to="incidents.incident",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Wait",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "incident_id", "clock_id", "part", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("clock_id", models.UUIDField()),
                ("part", models.PositiveSmallIntegerField()),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("cycle", models.PositiveSmallIntegerField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("accept", "Acceptance"),
                            ("dispatch", "Dispatch"),
                            ("sign", "Signing"),
                            ("handle", "Handling"),
                            ("verify", "Verification"),
                            ("promise", "Promised to the resident"),
                        ],
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("used", models.PositiveIntegerField()),
                ("limit", models.PositiveIntegerField()),
                ("late", models.PositiveIntegerField()),
                ("paused", models.PositiveIntegerField()),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")]
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waits",
                        to="incidents.incident",
                        db_index=False,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["incident_id", "since", "part"],
            },
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(fields=["area_path", "-id"], name="campaign_by_path"),
        ),
        migrations.AddIndex(
            model_name="campaign",
            index=models.Index(condition=models.Q(("status", "running")), fields=["due_on"], name="campaign_running"),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at", None), ("status", "draft")),
                    models.Q(models.Q(("status", "draft"), _negated=True), ("published_at__isnull", False)),
                    _connector="OR",
                ),
                name="campaign_published_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "ended"), ("ended_at__isnull", False)),
                    models.Q(models.Q(("status", "ended"), _negated=True), ("ended_at", None)),
                    _connector="OR",
                ),
                name="campaign_ended_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("category", "area"), name="one_duty_per_category_and_area"),
        ),
        migrations.AddIndex(
            model_name="incidentsearch",
            index=django.contrib.postgres.indexes.GinIndex(fields=["grams"], name="incident_search_grams"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                models.OrderBy(models.F("reported_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "accepted",
                            "dispatched",
                            "filed",
                            "in_progress",
                            "reported",
                            "resolved",
                            "unconfirmed",
                            "verified",
                        ],
                    )
                ),
                name="incident_open",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["area_path", "-reported_at"], name="incident_by_path"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "accepted",
                            "dispatched",
                            "filed",
                            "in_progress",
                            "reported",
                            "resolved",
                            "unconfirmed",
                            "verified",
                        ],
                    )
                ),
                fields=["area_path"],
                include=("id", "status", "level", "holder", "handling_unit", "reported_by", "is_confidential"),
                name="incident_open_by_path",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "accepted",
                            "dispatched",
                            "filed",
                            "in_progress",
                            "reported",
                            "resolved",
                            "unconfirmed",
                            "verified",
                        ],
                    )
                ),
                fields=["due_at", "id"],
                name="incident_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["holder", "-reported_at"], name="incident_by_holder"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["handling_unit", "-reported_at"], name="incident_by_unit"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["reported_by", "-reported_at"], name="incident_by_reporter"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["number"], name="incident_by_number"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("asset__isnull", False)), fields=["asset", "-reported_at"], name="incident_by_asset"
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("listed_place__isnull", False)),
                fields=["listed_place", "-reported_at"],
                name="incident_by_place",
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("caller_phone_index__isnull", False)),
                fields=["caller_phone_index"],
                name="incident_by_caller",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "status__in",
                            [
                                "accepted",
                                "dispatched",
                                "filed",
                                "in_progress",
                                "reported",
                                "resolved",
                                "unconfirmed",
                                "verified",
                            ],
                        ),
                        ("ended_at", None),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "status__in",
                                [
                                    "accepted",
                                    "dispatched",
                                    "filed",
                                    "in_progress",
                                    "reported",
                                    "resolved",
                                    "unconfirmed",
                                    "verified",
                                ],
                            ),
                            _negated=True,
                        ),
                        ("ended_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="incident_ended_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="custody",
            index=models.Index(fields=["unit", "until"], name="custody_by_unit"),
        ),
        migrations.AddConstraint(
            model_name="custody",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("incident",), name="one_holder_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="custody",
            constraint=models.UniqueConstraint(fields=("incident", "seq", "until"), name="custody_ends_once"),
        ),
        migrations.AddConstraint(
            model_name="custody",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous", None), ("seq", 1)),
                    (
                        "previous",
                        django.db.models.expressions.CombinedExpression(models.F("seq"), "-", models.Value(1)),
                    ),
                    _connector="OR",
                ),
                name="custody_follows_the_one_before",
            ),
        ),
        migrations.AddConstraint(
            model_name="custody",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="custody_ends_after_it_began",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigntarget",
            index=models.Index(fields=["building", "campaign"], name="campaign_target_by_building"),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.UniqueConstraint(
                fields=("campaign", "building", "dwelling", "place", "asset"),
                name="one_target_per_object",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asset", None), ("building__isnull", False), ("place", None)),
                    models.Q(("asset", None), ("building", None), ("dwelling", None), ("place__isnull", False)),
                    models.Q(("asset__isnull", False), ("building", None), ("dwelling", None), ("place", None)),
                    _connector="OR",
                ),
                name="campaign_target_is_one_object",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("checked_at", None), ("finding", "")),
                    models.Q(models.Q(("finding", ""), _negated=True), ("checked_at__isnull", False)),
                    _connector="OR",
                ),
                name="campaign_target_checked_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("incident", "cycle"), name="one_referral_per_case_and_cycle"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("answer", "open")), fields=["area_path"], name="request_open_by_path"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", "open")), fields=("incident", "kind"), name="one_open_request_of_a_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "open"), ("answered_at", None)),
                    models.Q(models.Q(("answer", "open"), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="request_answered_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["-at"], name="step_newest"),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(
                condition=models.Q(("lifted_at", None)), fields=["area_path"], name="supervision_open_by_path"
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None), ("number", 0)),
                fields=("incident", "stage", "cycle"),
                name="one_open_supervision_of_the_ladder",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__gt", 0)),
                fields=("incident", "stage", "cycle", "number"),
                name="one_supervision_by_hand_of_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 0), ("opened_by", None)),
                    models.Q(("number__gt", 0), ("opened_by__isnull", False)),
                    _connector="OR",
                ),
                name="supervision_by_hand_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_with", ""), ("lifted_at", None), ("lifted_by", None)),
                    models.Q(("ended_with", ""), ("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                    models.Q(
                        ("lifted_at__isnull", False), ("lifted_by", None), models.Q(("ended_with", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="supervision_lifted_by_somebody_or_with_its_case",
            ),
        ),
        migrations.AddIndex(
            model_name="wait",
            index=models.Index(fields=["area_path", "until"], name="wait_by_path"),
        ),
        migrations.AddIndex(
            model_name="wait",
            index=models.Index(fields=["-until", "clock_id", "part"], name="wait_newest"),
        ),
        migrations.AddConstraint(
            model_name="wait",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="wait_ends_after_it_began"
            ),
        ),
        migrations.AddConstraint(
            model_name="wait",
            constraint=models.CheckConstraint(
                condition=models.Q(("late__lte", models.F("used"))), name="wait_late_is_part_of_used"
            ),
        ),
        CHAIN,
        NUMBERS,
    ]
