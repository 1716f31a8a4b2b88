"""Organisations whose very name tells something of whoever they work with."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('team', '0013_devices_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='neutral',
            field=models.JSONField(db_default={}, default=dict, help_text='what it is called to whoever may not know that, by language'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='tells',
            field=models.CharField(db_default='', default='', help_text='the field of life that its very name tells of somebody', max_length=40),
        ),
    ]
