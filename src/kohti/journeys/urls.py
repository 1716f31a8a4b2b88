"""Addresses of ways: identifiers only."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views

urlpatterns = [
    path("caseload/", views.caseload, name="caseload"),
    path("people/<id:person_id>/way/", views.open_way, name="open_way"),
    path("people/<id:person_id>/plan/", views.plan, name="plan"),
    path("people/<id:person_id>/plan/steps/<id:step_id>/", views.step, name="plan_step"),
    path("plans/<id:version_id>/agreed/", views.agreed, name="plan_agreed"),
]
