from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(("review", "discarded")), fields=["received_at"], name="envelope_put_aside"
            ),
        ),
    ]
