"""Addresses of outreach."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views, views_figures, views_people, views_rounds

urlpatterns = [
    path("outreach/", views.outreach, name="outreach"),
    path("outreach/met/", views.encounter, name="encounter"),
    path("outreach/met/<id:encounter_id>/withdraw/", views.withdraw, name="encounter_withdraw"),
    path("outreach/met/<id:encounter_id>/apart/", views_people.apart, name="encounter_apart"),
    path("outreach/spots/", views.spots, name="spots"),
    path("outreach/spots/<id:spot_id>/", views.spot, name="spot"),
    path("outreach/spots/<id:spot_id>/end/", views.end_spot, name="spot_end"),
    path("outreach/rounds/new/", views_rounds.new_round, name="round_new"),
    path("outreach/rounds/<id:round_id>/", views_rounds.round_page, name="round"),
    path("outreach/rounds/<id:round_id>/start/", views_rounds.start, name="round_start"),
    path("outreach/rounds/<id:round_id>/back/", views_rounds.back, name="round_back"),
    path("outreach/rounds/<id:round_id>/cancel/", views_rounds.cancel, name="round_cancel"),
    path("outreach/people/", views_people.reached_list, name="reached_list"),
    path("outreach/people/<id:reached_id>/", views_people.reached, name="reached"),
    path("outreach/people/<id:reached_id>/join/", views_people.join, name="reached_join"),
    path("outreach/people/<id:reached_id>/not-the-same/", views_people.not_the_same, name="reached_apart"),
    path("outreach/people/<id:reached_id>/person/", views_people.become, name="reached_person"),
    path("outreach/people/<id:reached_id>/not-them/", views_people.not_them, name="reached_not_them"),
    path("outreach/figures/", views_figures.figures, name="reached_figures"),
]
