"""Addresses of the team."""

from __future__ import annotations

from django.urls import path

from . import described, device_views, looks, views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/find/", views.find, name="team_find"),
    path("team/<uuid:staff_id>/confirm/", views.confirm, name="team_confirm"),
    path("team/colleagues/<uuid:staff_id>/", views.colleague, name="team_colleague"),
    path("team/invite/", views.invite, name="team_invite"),
    path("team/invitations/<uuid:invitation_id>/again/", views.invite_again, name="team_invite_again"),
    path("team/invitations/<uuid:invitation_id>/end/", views.take_back, name="team_take_back"),
    path("team/places/<uuid:member_id>/another/", views.another, name="team_another"),
    path("team/places/<uuid:member_id>/way-back/", views.reset, name="team_reset"),
    path("roles/", described.roles, name="roles"),
    path("organisations/", described.organisations, name="organisations"),
    path("service/", described.service, name="service"),
    path("service/look/", looks.page, name="service_look"),
    path("places/", views.places, name="places"),
    path("devices/", device_views.kept, name="devices"),
    path("devices/<uuid:device_id>/code/", device_views.code, name="device_code"),
    path("devices/<uuid:device_id>/end/", device_views.end, name="device_end"),
]
