"""Each appointment has a code, which is typed at a kiosk."""

from __future__ import annotations

from django.db import migrations, models

import kohti.diary.codes
from kohti.diary.codes import LENGTH, LETTERS

ONE = f"substr('{LETTERS}', 1 + get_byte(uuid_send(gen_random_uuid()), 0) % {len(LETTERS)}, 1)"
CODE = " || ".join([ONE] * LENGTH)


class Migration(migrations.Migration):
    """A column that is empty for what is over: adding it touches no row, and only what is to come gets a code."""

    dependencies = (("diary", "0011_times_by_rule"),)

    operations = (
        migrations.AddField("booking", "code", models.CharField(max_length=6, default="")),
        migrations.AlterField(
            "booking",
            "code",
            models.CharField(
                max_length=6, default=kohti.diary.codes.new_code, help_text="typed at a kiosk; says nothing else"
            ),
        ),
        migrations.RunSQL(
            f"alter table diary_booking alter code set default {CODE};"
            f"update diary_booking set code = {CODE} where starts > now() - interval '1 day' and state = 'booked'",
            "alter table diary_booking alter code drop default",
        ),
        migrations.AddIndex(
            "booking",
            models.Index("code", name="bookings_by_code", condition=~models.Q(code="")),
        ),
    )
