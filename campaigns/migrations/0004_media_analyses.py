"""What was seen and heard in media, by the bytes' hash. Its guards are installed by 0005, over the table of today."""

import core.ids
from django.db import migrations, models



class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0003_draft_fields'),
    ]

    operations = [
        migrations.CreateModel(
            name='MediaAnalysis',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.CharField(max_length=64)),
                ('analyser', models.PositiveSmallIntegerField(verbose_name='version of the analyser')),
                ('result', models.JSONField(null=True, verbose_name='result')),
                ('fault', models.CharField(blank=True, max_length=40, verbose_name='fault')),
                ('analysed_at', models.DateTimeField(verbose_name='analysed')),
            ],
            options={
                'verbose_name': 'media analysis',
                'verbose_name_plural': 'media analyses',
                'ordering': ('-id',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('sha256', 'analyser'), name='media_analysis_once'), models.CheckConstraint(condition=models.Q(models.Q(('fault', ''), ('result__isnull', False)), models.Q(('result__isnull', True), models.Q(('fault', ''), _negated=True)), _connector='OR'), name='media_analysis_result_or_fault')],
            },
        ),
    ]
