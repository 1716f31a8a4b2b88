"""Foreign keys that carry the service."""

from django.db import migrations

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("frontdesk", "0001_initial"),)
    operations = (
        carries_service("frontdesk_reason", "stream_id", "frontdesk_stream"),
        carries_service("frontdesk_day", "centre_id", "team_centre"),
        carries_service("frontdesk_visit", "centre_id", "team_centre"),
        carries_service("frontdesk_visit", "stream_id", "frontdesk_stream"),
        carries_service("frontdesk_visit", "reason_id", "frontdesk_reason"),
        carries_service("frontdesk_visit", "booking_id", "diary_booking"),
        carries_service("frontdesk_visit", "person_id", "people_person"),
        carries_service("frontdesk_visit", "staff_id", "team_staff"),
        carries_service("frontdesk_visit", "with_staff_id", "team_staff"),
        carries_service("frontdesk_period", "visit_id", "frontdesk_visit"),
    )
