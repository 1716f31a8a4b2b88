"""Addresses of people: identifiers only."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views

urlpatterns = [path("people/<id:person_id>/", views.person, name="person")]
