"""Addresses of people: identifiers only."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("people/<uuid:person_id>/", views.person, name="person")]
