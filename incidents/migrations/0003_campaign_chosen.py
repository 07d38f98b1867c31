from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_supervisions_end_with_their_case")]

    operations = [
        migrations.AddField(model_name="campaign", name="chosen", field=models.JSONField(default=dict)),
    ]
