from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="heartbeat",
            name="process",
            field=models.CharField(max_length=60, primary_key=True, serialize=False),
        ),
    ]
