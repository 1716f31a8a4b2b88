"""Foreign keys that carry the service."""

from django.db import migrations

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("people", "0001_initial"),)
    operations = (
        carries_service("people_person", "centre_id", "team_centre"),
        carries_service("people_contact", "person_id", "people_person"),
        carries_service("people_grant", "person_id", "people_person"),
        carries_service("people_grant", "to_centre_id", "team_centre"),
        carries_service("people_grant", "to_organisation_id", "team_organisation"),
    )
