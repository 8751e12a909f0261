"""What was read in media, beside what was seen and heard.

The guards of before are taken away first: SQLite rebuilds a table that is altered, without its triggers.
"""

from django.db import migrations, models

from campaigns.guards_analyses import GUARDS
from core.triggers import forget, install


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_media_analyses'),
    ]

    operations = [
        forget("campaigns_media_analysis"),
        migrations.RemoveConstraint(model_name='mediaanalysis', name='media_analysis_once'),
        migrations.AddField(
            model_name='mediaanalysis',
            name='kind',
            field=models.CharField(default='analysis', max_length=10, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='mediaanalysis',
            constraint=models.UniqueConstraint(fields=('sha256', 'kind', 'analyser'), name='media_analysis_once'),
        ),
        migrations.AddConstraint(
            model_name='mediaanalysis',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('analysis', 'reading'))), name='media_analysis_kind'),
        ),
        install(*GUARDS),
    ]
