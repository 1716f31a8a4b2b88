"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import (
    appointment,
    day,
    following,
    here,
    leaving,
    looked,
    meanwhile,
    messages,
    timeline,
    told_who,
    views,
)
from .merging import views as merging
from .shared import views as shared

urlpatterns = [
    path("history/", views.audit, name="audit"),
    path("history/export/", views.audit_export, name="audit_export"),
    path("people/<id:person_id>/looked/", looked.looked, name="person_looked"),
    path("people/<id:person_id>/who-sees/", told_who.told_who, name="told_who"),
    path("people/<id:person_id>/timeline/", timeline.timeline, name="person_timeline"),
    path("day/", day.my_day, name="my_day"),
    path("day/news/", here.day_news, name="day_news"),
    path("away/<id:absence_id>/read/", meanwhile.caught_up, name="caught_up"),
    path("ways/<id:way_id>/appointment/", appointment.appointment, name="appointment"),
    path("ways/<id:way_id>/appointment/news/", appointment.appointment_news, name="appointment_news"),
    path("ways/<id:way_id>/appointment/saved/", following.appointment_saved, name="appointment_saved"),
    path("ways/<id:way_id>/appointment/draft/", appointment.keep_draft, name="appointment_draft"),
    # The team's own pages; who is in these hands only the rooms above it know.
    path("team/places/<uuid:member_id>/end/", leaving.end, name="team_end"),
    path("team/places/<uuid:member_id>/change/", leaving.change, name="team_change"),
    path("people/twice/", merging.duplicates, name="duplicates"),
    path("people/<id:person_id>/same-as/", merging.same_as, name="person_same_as"),
    path("people/<id:person_id>/same-as/<id:other_id>/", merging.merge, name="person_merge"),
    path("people/<id:person_id>/not/<id:other_id>/", merging.apart, name="person_apart"),
    path("people/merged/<id:merge_id>/", merging.undo, name="merge_undo"),
    path("shared/", shared.shared_with_us, name="shared_with_us"),
    path("shared/<id:person_id>/", shared.shared_person, name="shared_person"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<id:message_id>/decide/", messages.decide, name="message_decide"),
]
