"""Addresses of referrals."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views

urlpatterns = [
    path("referrals/", views.board, name="referrals"),
    path("referrals/<id:referral_id>/", views.referral, name="referral"),
    path("referrals/<id:referral_id>/do/", views.do, name="referral_do"),
    path("referrals/<id:referral_id>/news/", views.news, name="referral_news"),
    path("people/<id:person_id>/referrals/", views.of_person, name="person_referrals"),
    path("people/<id:person_id>/refer/", views.refer, name="refer"),
]
