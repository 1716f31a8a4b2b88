"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import appointment, day, following, leaving, looked, meanwhile, messages, timeline, views

urlpatterns = [
    path("history/", views.audit, name="audit"),
    path("history/export/", views.audit_export, name="audit_export"),
    path("people/<id:person_id>/looked/", looked.looked, name="person_looked"),
    path("people/<id:person_id>/timeline/", timeline.timeline, name="person_timeline"),
    path("day/", day.my_day, name="my_day"),
    path("away/<id:absence_id>/read/", meanwhile.caught_up, name="caught_up"),
    path("ways/<id:way_id>/appointment/", appointment.appointment, name="appointment"),
    path("ways/<id:way_id>/appointment/news/", appointment.appointment_news, name="appointment_news"),
    path("ways/<id:way_id>/appointment/saved/", following.appointment_saved, name="appointment_saved"),
    path("ways/<id:way_id>/appointment/draft/", appointment.keep_draft, name="appointment_draft"),
    # The team's own pages; who is in these hands only the rooms above it know.
    path("team/places/<uuid:member_id>/end/", leaving.end, name="team_end"),
    path("team/places/<uuid:member_id>/change/", leaving.change, name="team_change"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<id:message_id>/decide/", messages.decide, name="message_decide"),
]
