"""Ladders become rows with versions; clocks point at the version they climb and keep the legs of hand-overs."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from gridgov.clock.ladder import DEFAULTS, as_json

LEVELS = [(0, "On time"), (1, "Due soon"), (2, "Late"), (3, "Very late"), (4, "Critical")]
NAMES = {"standard": "一般事项", "emergency": "突发事件"}


def ladders_of_clocks(apps, schema_editor):
    """Clocks that run by the constants of before now run by rows that say the same."""
    clocks = apps.get_model("clock", "Clock")
    if not clocks.objects.exists():
        return
    for code, rungs in DEFAULTS.items():
        ladder = apps.get_model("clock", "Ladder").objects.create(code=code, name=NAMES[code])
        versions = apps.get_model("clock", "LadderVersion")
        version = versions.objects.create(ladder=ladder, number=1, steps=as_json(rungs), created_at=timezone.now())
        clocks.objects.filter(ladder=code).update(ladder_version=version)


class Migration(migrations.Migration):
    atomic = False  # a column cannot be filled and altered in one transaction while its foreign key is checked
    dependencies = [("clock", "0002_check_runs"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
            ],
            options={"verbose_name": "ladder", "ordering": ["pk"]},
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
                        on_delete=models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="versions", to="clock.ladder"),
                ),
            ],
            options={
                "ordering": ["ladder", "number"],
                "constraints": [models.UniqueConstraint(fields=("ladder", "number"), name="ladder_version_once")],
            },
        ),
        migrations.AddField("clock", "legs", models.JSONField(default=list)),
        migrations.AddField("clock", "basis", models.CharField(blank=True, max_length=40)),
        migrations.AddField(
            "clock",
            "least_level",
            models.PositiveSmallIntegerField(choices=LEVELS, default=0),
        ),
        migrations.AddField(
            "clock",
            "ladder_version",
            models.ForeignKey(null=True, on_delete=models.deletion.PROTECT, related_name="+", to="clock.ladderversion"),
        ),
        migrations.RunPython(ladders_of_clocks, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField("clock", "ladder"),
        migrations.AlterField(
            "clock",
            "ladder_version",
            models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="+", to="clock.ladderversion"),
        ),
    ]
