"""Part of a name or number is found among 100,000 places and city assets by an index."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

from grids.models.grams import AWAY, FUNCTIONS, Grams


class Migration(migrations.Migration):
    dependencies = [("grids", "0002_plan_tries")]

    operations = [
        migrations.RunSQL(FUNCTIONS, AWAY),
        migrations.AddIndex("asset", GinIndex(Grams("name", "address", "code", "owner"), name="asset_by_grams")),
        migrations.AddIndex("place", GinIndex(Grams("name", "address", "credit_code"), name="place_by_grams")),
    ]
