"""Addresses of ways: identifiers only."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views
from .views import away, helping, several

urlpatterns = [
    path("caseload/", views.caseload, name="caseload"),
    path("caseload/bring/", views.bring, name="caseload_bring"),
    path("caseload/bring/<id:caseload_id>/", views.brought, name="caseload_brought"),
    path("caseload/bring/<id:caseload_id>/apply/", views.bring_in, name="caseload_bring_in"),
    path("caseload/bring/<id:caseload_id>/state/", views.bring_state, name="caseload_bring_state"),
    path("caseload/bring/<id:caseload_id>/rows/", views.bring_rows, name="caseload_bring_rows"),
    path("caseload/taken/<slug:kind>/", views.take_away, name="caseload_taken"),
    path("caseload/quality/", views.quality, name="quality"),
    path("caseload/figures/", views.figures, name="figures"),
    path("away/", away.away, name="away"),
    path("away/<id:absence_id>/", away.absence, name="absence"),
    path("away/<id:absence_id>/back/", away.absence_back, name="absence_back"),
    path("ways/several/", several.several, name="several"),
    path("stand-ins/<id:cover_id>/end/", away.cover_end, name="cover_end"),
    path("people/<id:person_id>/way/", views.open_way, name="open_way"),
    path("ways/<id:way_id>/change/<slug:what>/", views.way_change, name="way_change"),
    path("people/<id:person_id>/plan/", views.plan, name="plan"),
    path("people/<id:person_id>/plan/steps/<id:step_id>/", views.step, name="plan_step"),
    path("people/<id:person_id>/plan/steps/<id:step_id>/helper/", helping.helper, name="step_helper"),
    path("helpers/<id:helping_id>/end/", helping.helper_end, name="helper_end"),
    path("helpers/<id:helping_id>/read/", helping.help_read, name="help_read"),
    path("shared/steps/", helping.helping, name="helping"),
    path("shared/steps/<id:step_id>/", helping.help_step, name="help_step"),
    path("ways/<id:way_id>/printed/", views.plan_printed, name="plan_printed"),
    path("people/<id:person_id>/ways/", views.ways, name="ways"),
    path("ways/<id:way_id>/end/", views.way_end, name="way_end"),
    path("ways/ends/<id:ending_id>/", views.follow_up, name="follow_up"),
    path("ways/ends/<id:ending_id>/letter/", views.closing_letter, name="closing_letter"),
    path("people/<id:person_id>/needs/", views.person_needs, name="person_needs"),
    path("people/<id:person_id>/questionnaire/", views.questionnaire, name="questionnaire"),
    path("people/<id:person_id>/plan/aims/<id:aim_id>/", views.aim, name="plan_aim"),
    path("hand-overs/<id:hand_over_id>/", views.hand_over_answer, name="hand_over_answer"),
    path("hand-overs/<id:hand_over_id>/back/", views.hand_over_back, name="hand_over_back"),
    path("outcomes/<id:outcome_id>/verify/", views.outcome_verify, name="outcome_verify"),
    path("outcomes/<id:outcome_id>/withdraw/", views.outcome_withdraw, name="outcome_withdraw"),
    path("outcomes/checks/<id:check_id>/", views.outcome_lasts, name="outcome_lasts"),
    path("plans/<id:version_id>/agreed/", views.agreed, name="plan_agreed"),
]
