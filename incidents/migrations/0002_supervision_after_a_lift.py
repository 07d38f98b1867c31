"""A level reached after a supervision was lifted opens a new one: only one of the ladder's is open at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="supervision",
            name="one_supervision_per_stage_cycle_and_number",
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
    ]
