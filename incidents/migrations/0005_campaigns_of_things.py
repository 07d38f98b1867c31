"""A campaign may look at places and city assets too; a row still names exactly one object."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grids", "0005_places_and_assets"),
        ("incidents", "0004_incidents_of_things"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="campaigntarget", name="one_target_per_object"),
        migrations.AlterField(
            model_name="campaign",
            name="objects_kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="campaigntarget",
            name="building",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.building"
            ),
        ),
        migrations.AddField(
            model_name="campaigntarget",
            name="asset",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.asset"
            ),
        ),
        migrations.AddField(
            model_name="campaigntarget",
            name="place",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="grids.place"
            ),
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
    ]
