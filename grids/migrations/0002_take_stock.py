from django.db import migrations

from grids.database import TAKE_STOCK


class Migration(migrations.Migration):
    dependencies = [("grids", "0001_initial")]

    operations = [TAKE_STOCK]
