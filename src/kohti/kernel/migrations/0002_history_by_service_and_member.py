"""The history read by a service's administrator, newest first, and what one colleague did."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = (("kernel", "0001_initial"),)
    operations = (
        AddIndexConcurrently(
            "historyevent", models.Index("service_id", "at", "id", name="history_of_a_service")
        ),
        AddIndexConcurrently(
            "historyevent", models.Index("member_id", "at", "id", name="history_of_a_member")
        ),
    )
