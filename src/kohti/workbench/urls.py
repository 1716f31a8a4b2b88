"""Addresses of the workbench."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("history/", views.audit, name="audit"),
    path("history/export/", views.audit_export, name="audit_export"),
]
