"""Foreign keys that carry the service."""

from django.db import migrations

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("team", "0001_initial"),)
    operations = (
        carries_service("team_staff", "centre_id", "team_centre"),
        carries_service("team_membership", "staff_id", "team_staff"),
        carries_service("team_membership", "organisation_id", "team_organisation"),
        carries_service("team_membership", "centre_id", "team_centre"),
        carries_service("team_membership", "role_id", "team_role"),
    )
