import django.contrib.gis.db.models.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

import gridgov.ids
import gridgov.privacy.fields
from grids.database import TAKE_STOCK
from grids.models.grams import AWAY, FUNCTIONS, Grams


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("street", "Street"),
                            ("community", "Community"),
                            ("grid", "Grid"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "grid_kind",
                    models.CharField(
                        blank=True,
                        choices=[("general", "General grid"), ("dedicated", "Dedicated grid")],
                        max_length=12,
                        verbose_name="kind of grid",
                    ),
                ),
                ("code", models.CharField(max_length=32, verbose_name="code")),
                ("code_scheme", models.CharField(default="cn", max_length=16, verbose_name="code scheme")),
                ("name", models.CharField(db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name")),
                ("path", models.CharField(db_collation="C", editable=False, max_length=120, unique=True)),
                ("households", models.PositiveIntegerField(blank=True, null=True, verbose_name="households")),
                ("persons", models.PositiveIntegerField(blank=True, null=True, verbose_name="persons")),
                ("east", models.CharField(blank=True, max_length=120, verbose_name="to the east")),
                ("south", models.CharField(blank=True, max_length=120, verbose_name="to the south")),
                ("west", models.CharField(blank=True, max_length=120, verbose_name="to the west")),
                ("north", models.CharField(blank=True, max_length=120, verbose_name="to the north")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="grids.area",
                        verbose_name="belongs to",
                    ),
                ),
            ],
            options={
                "verbose_name": "area",
                "ordering": ["path"],
                "permissions": [
                    ("view_areas", "See areas, grids and buildings"),
                    ("edit_areas", "Change areas, boundaries and buildings"),
                    ("keep_things", "Add, correct and close places and city assets"),
                    ("reveal_contacts", "See the phone of a place's contact, with a reason"),
                    ("plan_boundaries", "Draft and check boundary plans"),
                    ("approve_boundaries", "Approve boundary plans"),
                    ("view_people", "See the address book"),
                    ("appoint", "Appoint people and end posts"),
                    ("edit_units", "Change units"),
                    ("manage_accounts", "Create sign-ins and reset passwords"),
                    ("plan_roster", "Plan the duty roster"),
                    ("keep_duty_log", "Keep the duty log and hand over shifts"),
                    ("plan_patrols", "Plan patrols and see what was not looked at"),
                    ("walk_patrols", "Walk patrols"),
                    ("view_tracks", "Look at the track of a patrol, with a reason"),
                    ("plan_campaigns", "Plan campaigns"),
                    ("work_campaigns", "Work on campaigns"),
                    ("admit_tasks", "Decide which tasks a grid may be asked for"),
                    ("view_residents", "See residents, masked"),
                    ("edit_residents", "Add, change and move residents"),
                    ("reveal_residents", "See full data of a resident, with a reason"),
                    ("view_incidents", "See incidents"),
                    ("report_incidents", "Report incidents"),
                    ("confirm_incidents", "Confirm public reports"),
                    ("accept_incidents", "Accept or refuse reports"),
                    ("file_incidents", "File incidents"),
                    ("dispatch_incidents", "Dispatch incidents"),
                    ("sign_incidents", "Sign for incidents"),
                    ("handle_incidents", "Handle incidents"),
                    ("self_resolve_incidents", "Resolve on the spot"),
                    ("verify_incidents", "Verify results"),
                    ("close_incidents", "Close incidents"),
                    ("urge_incidents", "Urge"),
                    ("raise_incidents", "Raise one level"),
                    ("instruct_incidents", "Give instructions"),
                    ("void_incidents", "Ask to void incidents"),
                    ("approve_incidents", "Approve returns, extensions, suspensions and voiding"),
                    ("reveal_reporters", "See a reporter's name and phone, with a reason"),
                    ("export_incidents", "Export ledgers"),
                    ("supervise_incidents", "Supervise what is late"),
                    ("view_deliveries", "See messages sent beyond the inbox and send them again"),
                    ("view_board", "See the street board"),
                    ("share_board", "Share the wall view by link"),
                    ("edit_catalogue", "Change the catalogue and its limits"),
                    ("edit_calendars", "Change working calendars"),
                    ("view_audit", "Read the operation and sign-in logs"),
                    ("operate_system", "Watch and operate the system"),
                ],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AreaUserPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("until", models.DateField(verbose_name="until")),
                ("granted_at", models.DateTimeField()),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "exceptional grant",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=80)),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("created_at", models.DateTimeField(editable=False)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "Closed or taken away"),
                            ("moved", "Moved or replaced"),
                            ("mistake", "Entered by mistake"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "name",
                    models.CharField(blank=True, db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name"),
                ),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="number")),
                ("kind", models.CharField(editable=False, max_length=4, verbose_name="kind")),
                ("owner", models.CharField(blank=True, max_length=80, verbose_name="owner unit")),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("intact", "Intact"),
                            ("damaged", "Damaged"),
                            ("missing", "Missing"),
                            ("disused", "Out of use"),
                        ],
                        default="intact",
                        max_length=8,
                        verbose_name="condition",
                    ),
                ),
                ("installed_on", models.DateField(blank=True, null=True, verbose_name="installed on")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="grid",
                    ),
                ),
            ],
            options={
                "verbose_name": "city asset",
                "ordering": ["area_path", "code"],
            },
        ),
        migrations.CreateModel(
            name="BoundaryPlan",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "child_kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("street", "Street"),
                            ("community", "Community"),
                            ("grid", "Grid"),
                        ],
                        max_length=12,
                        verbose_name="into",
                    ),
                ),
                ("name", models.CharField(db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checked", "Checked"),
                            ("approved", "Approved"),
                            ("effective", "In effect"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("base", models.JSONField(default=dict, editable=False)),
                ("facts", models.JSONField(default=dict, editable=False)),
                (
                    "renumber",
                    models.BooleanField(
                        default=False,
                        help_text="West to east, north to south. The old numbers can still be found.",
                        verbose_name="renumber all",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="takes effect on")),
                ("effective_at", models.DateTimeField(editable=False, null=True)),
                ("became", models.JSONField(default=dict, editable=False)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("tried_at", models.DateTimeField(editable=False, null=True)),
                ("stuck", models.CharField(blank=True, editable=False, max_length=400)),
                ("created_at", models.DateTimeField(editable=False)),
                ("saved_at", models.DateTimeField(editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="grids.area",
                        verbose_name="divides",
                    ),
                ),
                (
                    "reverts",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reverted_by",
                        to="grids.boundaryplan",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "boundary plan",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AreaLineage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("is_direct", models.BooleanField(default=True)),
                ("ground_m2", models.FloatField(default=0)),
                ("buildings", models.PositiveIntegerField(default=0)),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="came_from", to="grids.area"
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="became",
                        to="grids.area",
                        db_index=False,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lineage", to="grids.boundaryplan"
                    ),
                ),
            ],
            options={
                "verbose_name": "lineage",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="BoundaryVersion",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("street", "Street"),
                            ("community", "Community"),
                            ("grid", "Grid"),
                        ],
                        max_length=12,
                    ),
                ),
                ("polygon", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="source")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="boundaries", to="grids.area"
                    ),
                ),
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
                    "plan",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.boundaryplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "boundary version",
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=80)),
                ("code", models.CharField(blank=True, max_length=5, verbose_name="number in its grid")),
                ("name", models.CharField(db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="building")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("footprint", django.contrib.gis.db.models.fields.MultiPolygonField(blank=True, null=True, srid=4326)),
                ("entrances", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="entrances")),
                ("floors", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="floors")),
                ("households", models.PositiveIntegerField(blank=True, null=True, verbose_name="households")),
                ("persons", models.PositiveIntegerField(blank=True, null=True, verbose_name="persons")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="buildings",
                        to="grids.area",
                        verbose_name="grid",
                    ),
                ),
            ],
            options={
                "verbose_name": "building",
                "ordering": ["area_path", "name"],
            },
        ),
        migrations.CreateModel(
            name="DivisionLimits",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area_path", models.CharField(blank=True, db_collation="C", editable=False, max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("street", "Street"),
                            ("community", "Community"),
                            ("grid", "Grid"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "overlap_m2",
                    models.FloatField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="overlap allowed (m²)",
                    ),
                ),
                (
                    "gap_m2",
                    models.FloatField(
                        default=500,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="uncovered ground allowed (m²)",
                    ),
                ),
                (
                    "gap_percent",
                    models.FloatField(
                        default=0.5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="uncovered ground allowed (%)",
                    ),
                ),
                (
                    "sliver_m",
                    models.FloatField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="gaps narrower than this are slivers (m)",
                    ),
                ),
                (
                    "households_least",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="households at least"),
                ),
                ("households_good", models.PositiveIntegerField(blank=True, null=True, verbose_name="households from")),
                (
                    "households_most",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="households at most"),
                ),
                ("persons_most", models.PositiveIntegerField(blank=True, null=True, verbose_name="persons at most")),
                (
                    "ratio_most",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(10000000),
                        ],
                        verbose_name="largest ÷ smallest at most",
                    ),
                ),
                ("needs_head", models.BooleanField(default=True, verbose_name="a head for each")),
                ("needs_worker", models.BooleanField(default=True, verbose_name="a full-time worker for each")),
                ("needs_borders", models.BooleanField(default=True, verbose_name="borders in words")),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="area",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of a division",
            },
        ),
        migrations.CreateModel(
            name="DivisionProposal",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "child_kind",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("street", "Street"),
                            ("community", "Community"),
                            ("grid", "Grid"),
                        ],
                        max_length=12,
                        verbose_name="into",
                    ),
                ),
                ("plan_revision", models.PositiveIntegerField(default=0, editable=False)),
                ("count", models.PositiveIntegerField(blank=True, null=True, verbose_name="number of grids")),
                ("old_estate", models.BooleanField(default=False, verbose_name="old estates")),
                ("done", models.PositiveIntegerField(default=0, editable=False)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("fault", models.CharField(blank=True, editable=False, max_length=400)),
                ("created_at", models.DateTimeField(editable=False)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "only",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="splits",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="grids.area",
                        verbose_name="divides",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="grids.boundaryplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed division",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="FormerCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, verbose_name="former code")),
                ("code_scheme", models.CharField(max_length=16)),
                ("until", models.DateTimeField()),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="former_codes", to="grids.area"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.boundaryplan",
                    ),
                ),
            ],
            options={
                "verbose_name": "former code",
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=32)),
                ("words", models.CharField(blank=True, max_length=400, verbose_name="what was handed over")),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "area",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.area"),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hand_overs",
                        to="grids.boundaryplan",
                        db_index=False,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("area_path", models.CharField(blank=True, db_collation="C", editable=False, max_length=120)),
                ("file", models.FileField(blank=True, max_length=120, upload_to="")),
                ("file_name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("options", models.JSONField(default=dict)),
                ("summary", models.JSONField(default=dict)),
                ("undo", models.JSONField(default=list)),
                ("uploaded_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("initials", models.CharField(blank=True, default="", editable=False, max_length=80)),
                ("name", models.CharField(db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("created_at", models.DateTimeField(editable=False)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "Closed or taken away"),
                            ("moved", "Moved or replaced"),
                            ("mistake", "Entered by mistake"),
                        ],
                        max_length=8,
                    ),
                ),
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("small_shop", "Small shop"),
                            ("small_restaurant", "Small restaurant"),
                            ("small_inn", "Small inn"),
                            ("small_amusement", "Small place of amusement"),
                            ("small_fitness", "Small leisure and fitness place"),
                            ("small_clinic", "Small clinic"),
                            ("small_school", "Small school or nursery"),
                            ("small_workshop", "Small workshop"),
                            ("small_flammable", "Small store of flammables"),
                            ("school", "School"),
                            ("hospital", "Hospital"),
                            ("elder_care", "Care home"),
                            ("market", "Market or mall"),
                            ("hotel", "Hotel"),
                            ("company", "Company"),
                            ("site", "Building site"),
                            ("charging", "Charging place or bicycle shed"),
                            ("public", "Public office or institution"),
                            ("association", "Association"),
                            ("other", "Other place"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="unified social credit code")),
                (
                    "contact_phone",
                    gridgov.privacy.fields.SealedField(
                        blank=True,
                        bound_to="pk",
                        editable=True,
                        kind="phone",
                        null=True,
                        verbose_name="phone of the contact",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.area",
                        verbose_name="grid",
                    ),
                ),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="grids.building",
                        verbose_name="building",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "ordering": ["area_path", "name"],
            },
        ),
        migrations.CreateModel(
            name="PlanImage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "plan_id", "nth", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("nth", models.PositiveIntegerField()),
                ("file", models.FileField(max_length=120, upload_to="")),
                ("file_name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("fixings", models.JSONField(default=list)),
                ("uploaded_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="images",
                        to="grids.boundaryplan",
                        db_index=False,
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "image of a plan",
                "ordering": ["nth"],
            },
        ),
        migrations.CreateModel(
            name="PlanNote",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("move", models.CharField(max_length=24)),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="grids.boundaryplan"
                    ),
                ),
            ],
            options={
                "verbose_name": "note on a plan",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PlanStep",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "plan_id", "revision", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("shapes", models.JSONField(default=list)),
                ("walls", models.JSONField(default=list)),
                ("saved_at", models.DateTimeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="grids.boundaryplan",
                        db_index=False,
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "saved step",
            },
        ),
        migrations.CreateModel(
            name="ProposedDivision",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "proposal_id", "nth", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("nth", models.PositiveSmallIntegerField()),
                (
                    "aim",
                    models.CharField(
                        choices=[
                            ("equal", "Even sizes first"),
                            ("compact", "Compact shapes first"),
                            ("steady", "Few changes first"),
                        ],
                        max_length=12,
                    ),
                ),
                ("shapes", models.JSONField(default=list)),
                ("figures", models.JSONField(default=dict)),
                (
                    "draft",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="grids.boundaryplan",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ways",
                        to="grids.divisionproposal",
                        db_index=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
            },
        ),
        migrations.CreateModel(
            name="StandardReview",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("held_on", models.DateField(verbose_name="held on")),
                ("findings", models.TextField(max_length=4000, verbose_name="findings")),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
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
                (
                    "took_part",
                    models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="who took part"),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a division",
                "ordering": ["-held_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReviewDecision",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=300, verbose_name="decision")),
                ("due_on", models.DateField(verbose_name="until")),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who does it",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="grids.standardreview"
                    ),
                ),
            ],
            options={
                "verbose_name": "decision of a review",
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="WaySet",
            fields=[
                ("id", models.UUIDField(default=gridgov.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area_path", models.CharField(db_collation="C", editable=False, max_length=120)),
                ("source", models.CharField(blank=True, max_length=120, verbose_name="source")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(editable=False, null=True)),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="way_sets",
                        to="grids.area",
                        verbose_name="belongs to",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="grids.wayset",
                    ),
                ),
            ],
            options={
                "verbose_name": "roads and water of an area",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Way",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("main", "Main road"),
                            ("road", "Road"),
                            ("lane", "Lane"),
                            ("rail", "Railway"),
                            ("water", "Water"),
                        ],
                        max_length=8,
                        verbose_name="class",
                    ),
                ),
                (
                    "name",
                    models.CharField(blank=True, db_collation="zh-Hans-CN-x-icu", max_length=80, verbose_name="name"),
                ),
                ("line", django.contrib.gis.db.models.fields.MultiLineStringField(srid=4326)),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ways", to="grids.wayset"
                    ),
                ),
            ],
            options={
                "verbose_name": "road or water line",
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(fields=("code_scheme", "code"), name="area_code_once_per_scheme"),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "grid"), ("grid_kind", ""), _connector="OR"),
                name="only_grids_have_a_grid_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent__isnull", False), models.Q(("kind", "grid"), _negated=True), _connector="OR"
                ),
                name="no_grid_without_a_parent",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="areauserpermission",
            unique_together={("user", "permission", "content_object")},
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["area_path", "code", "id"], name="asset_by_path"),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(
                condition=models.Q(("owner", ""), _negated=True), fields=["owner"], name="asset_by_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on", None), ("ended_why", "")),
                    models.Q(("ended_on__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="asset_ended_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="boundaryplan",
            index=models.Index(fields=["area_path", "-id"], name="plan_by_path"),
        ),
        migrations.AddIndex(
            model_name="boundaryplan",
            index=models.Index(
                condition=models.Q(("status", "approved")), fields=["effective_on"], name="plan_to_take_effect"
            ),
        ),
        migrations.AddConstraint(
            model_name="boundaryplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("effective_at", None), ("status__in", ["draft", "checked", "approved", "withdrawn"])),
                    models.Q(("effective_at__isnull", False), ("status__in", ["effective", "published"])),
                    _connector="OR",
                ),
                name="plan_in_effect_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="boundaryplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True), ("effective_on__isnull", False), _connector="OR"
                ),
                name="approved_plan_has_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="arealineage",
            constraint=models.UniqueConstraint(fields=("old", "new"), name="one_lineage_each"),
        ),
        migrations.AddConstraint(
            model_name="arealineage",
            constraint=models.CheckConstraint(
                condition=models.Q(("old", models.F("new")), _negated=True), name="nothing_comes_from_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="boundaryversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("area",), name="one_current_boundary_per_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="boundaryversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                name="boundary_ends_after_it_began",
            ),
        ),
        migrations.AddIndex(
            model_name="building",
            index=models.Index(fields=["area_path"], name="building_by_path"),
        ),
        migrations.AddConstraint(
            model_name="divisionlimits",
            constraint=models.UniqueConstraint(fields=("area", "kind"), name="one_row_of_limits", nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name="divisionproposal",
            index=models.Index(fields=["area_path", "-id"], name="proposal_by_path"),
        ),
        migrations.AddIndex(
            model_name="divisionproposal",
            index=models.Index(condition=models.Q(("finished_at", None)), fields=["id"], name="proposal_waiting"),
        ),
        migrations.AddIndex(
            model_name="formercode",
            index=models.Index(fields=["code_scheme", "code"], name="former_code"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(fields=("plan", "user", "area"), name="one_hand_over_each"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("undone_at", None), ("applied_at__isnull", False), _connector="OR"),
                name="only_what_was_applied_is_undone",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["area_path", "name", "id"], name="place_by_path"),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                condition=models.Q(("credit_code", ""), _negated=True),
                fields=["credit_code"],
                name="place_by_credit_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on", None), ("ended_why", "")),
                    models.Q(("ended_on__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="place_ended_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="planimage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("removed_at", None), ("removed_by", None)),
                    models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                    _connector="OR",
                ),
                name="removed_image_has_who_and_when",
            ),
        ),
        migrations.AddIndex(
            model_name="standardreview",
            index=models.Index(fields=["area_path", "-held_on"], name="review_by_path"),
        ),
        migrations.AddConstraint(
            model_name="reviewdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("done_by", None)),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="done_decision_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="wayset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("area",), name="one_current_way_set_per_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="wayset",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                name="way_set_ends_after_begin",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, AWAY),
        migrations.AddIndex(
            "asset", GinIndex(Grams("name", "address", "code", "owner", "initials"), name="asset_by_grams")
        ),
        migrations.AddIndex(
            "place", GinIndex(Grams("name", "address", "credit_code", "initials"), name="place_by_grams")
        ),
        TAKE_STOCK,
    ]
