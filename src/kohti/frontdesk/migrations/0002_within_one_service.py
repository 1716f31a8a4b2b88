"""Foreign keys that carry the service."""

from django.db import migrations

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("frontdesk", "0001_initial"),)
    operations = (
        # Room on each page, so that a change of state stays on it and touches no index.
        migrations.RunSQL("alter table frontdesk_visit set (fillfactor = 80)", "alter table frontdesk_visit reset (fillfactor)"),
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
