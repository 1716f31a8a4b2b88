"""Addresses of people: identifiers only."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views
from .sharing import views as shares

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/find/", views.find, name="people_find"),
    path("people/new/", views.new, name="person_new"),
    path("people/alike/", views.alike_to, name="people_alike"),
    path("people/alerts/", views.alerts, name="people_alerts"),
    path("people/alerts/<id:alert_id>/seen/", views.alert_seen, name="alert_seen"),
    path("people/<id:person_id>/", views.person, name="person"),
    path("people/<id:person_id>/change/<slug:part>/", views.change, name="person_change"),
    path("people/<id:person_id>/change/<slug:part>/end/", views.end, name="person_end"),
    path("people/<id:person_id>/marks/<id:mark_id>/", views.review, name="person_review"),
    path("people/<id:person_id>/sharing/", views.sharing, name="person_sharing"),
    path("people/<id:person_id>/sharing/new/", shares.share, name="person_share"),
    path("people/<id:person_id>/sharing/<id:share_id>/", shares.one_share, name="one_share"),
    path("people/<id:person_id>/transfer/", views.transfer, name="person_transfer"),
    path("people/<id:person_id>/emergency/", views.emergency, name="person_emergency"),
    path("notes/wording/", views.note_wording, name="note_wording"),
    path("notes/<id:note_id>/", views.note, name="note"),
]
