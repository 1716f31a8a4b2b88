"""Addresses of papers."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views

urlpatterns = [
    path("people/<id:person_id>/papers/", views.documents, name="person_documents"),
    path("people/<id:person_id>/papers/bring/", views.bring, name="document_bring"),
    path("people/<id:person_id>/letter/", views.letter, name="person_letter"),
    path("papers/<id:document_id>/", views.document, name="document"),
    path("papers/<id:document_id>/end/", views.end, name="document_end"),
]
