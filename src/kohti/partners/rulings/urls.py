"""Addresses of questions to the authority."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views

urlpatterns = [
    path("ways/<id:way_id>/ruling/", views.ruling_ask, name="ruling_ask"),
    path("rulings/", views.rulings, name="rulings"),
    path("rulings/news/", views.rulings_news, name="rulings_news"),
    path("rulings/<id:ruling_id>/", views.ruling, name="ruling"),
    path("rulings/<id:ruling_id>/answer/", views.ruling_answer, name="ruling_answer"),
    path("rulings/<id:ruling_id>/take/", views.ruling_take, name="ruling_take"),
    path("rulings/<id:ruling_id>/do/", views.ruling_do, name="ruling_do"),
]
