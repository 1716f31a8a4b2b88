"""Which day of the book changed: screens that show another one stay as they are."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from kohti.kernel import live
from kohti.kernel.live import News

MOST_DAYS = 4


def tell_days(centre_id: uuid.UUID, days: Collection[date]) -> None:
    """Say to a centre's open screens that its book changed on these days; of many days: that it changed."""
    if len(set(days)) > MOST_DAYS:
        live.tell(centre_id, "diary", centre_id)
        return
    for day in sorted(set(days)):
        live.tell(centre_id, "diary", _as_id(day))


def concerns(news: News, first: date, last: date) -> bool:
    """Whether news of the diary may be of one of these days."""
    return not 0 < news.subject_id.int < date.max.toordinal() or _as_id(first) <= news.subject_id <= _as_id(
        last
    )


def _as_id(day: date) -> uuid.UUID:
    """A day where an identifier is wanted: no random one is as small."""
    return uuid.UUID(int=day.toordinal())
