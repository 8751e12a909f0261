"""An installation that has a log already tells from now on, and not of all its past."""

from django.db import migrations


def begin(apps, schema_editor):
    latest = apps.get_model("audit", "AuditEvent").objects.order_by("-pk").values_list("pk", flat=True).first()
    if latest is not None:
        apps.get_model("notices", "Cursor").objects.get_or_create(pk=1, defaults={"position": latest})


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_guards"), ("audit", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
