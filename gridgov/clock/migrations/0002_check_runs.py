from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clock", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("findings", models.JSONField(default=list)),
            ],
        ),
    ]
