"""Foreign keys that carry the service."""

from django.db import migrations

from kohti.kernel.together import carries_service


class Migration(migrations.Migration):
    dependencies = (("diary", "0001_initial"),)
    operations = (
        # Room on each page, so that a change of state stays on it and touches no index.
        migrations.RunSQL("alter table diary_booking set (fillfactor = 80)", "alter table diary_booking reset (fillfactor)"),
        carries_service("diary_opening", "centre_id", "team_centre"),
        carries_service("diary_closure", "centre_id", "team_centre"),
        carries_service("diary_room", "centre_id", "team_centre"),
        carries_service("diary_booking", "centre_id", "team_centre"),
        carries_service("diary_booking", "person_id", "people_person"),
        carries_service("diary_booking", "staff_id", "team_staff"),
        carries_service("diary_booking", "room_id", "diary_room"),
        carries_service("diary_booking", "kind_id", "diary_kind"),
        carries_service("diary_importedfile", "centre_id", "team_centre"),
    )
