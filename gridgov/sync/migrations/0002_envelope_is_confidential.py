from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.AddField("envelope", "is_confidential", models.BooleanField(default=False)),
    ]
