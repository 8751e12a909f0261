"""Once installed the first guards; 0003 installs those of today, over the tables of today."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("campaigns", "0002_guards")]
    operations = []
