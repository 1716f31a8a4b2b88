"""Addresses of the team."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/<uuid:staff_id>/confirm/", views.confirm, name="team_confirm"),
    path("places/", views.places, name="places"),
]
