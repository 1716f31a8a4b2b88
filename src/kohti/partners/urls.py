"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views
from .expertise import views as colleagues

urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/colleagues/", colleagues.who_knows, name="who_knows"),
    path("directory/colleagues/<id:staff_id>/", colleagues.colleague, name="colleague_knows"),
    path("directory/colleagues/<id:staff_id>/change/", colleagues.change, name="colleague_knows_change"),
    path("directory/partners/new/", views.new_partner, name="partner_new"),
    path("directory/partners/<id:partner_id>/", views.partner, name="partner"),
    path("directory/partners/<id:partner_id>/change/", views.change_partner, name="partner_change"),
    path("directory/partners/<id:partner_id>/listings/new/", views.new_listing, name="listing_new"),
    path("directory/<id:listing_id>/", views.listing, name="listing"),
    path("directory/<id:listing_id>/change/", views.change_listing, name="listing_change"),
    path("directory/<id:listing_id>/confirm/", views.confirm, name="listing_confirm"),
    path("directory/<id:listing_id>/end/", views.end, name="listing_end"),
]
