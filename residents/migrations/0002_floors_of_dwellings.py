from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="dwelling",
            name="floor",
            field=models.SmallIntegerField(blank=True, null=True, verbose_name="floor"),
        ),
    ]
