"""Addresses of the diary."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views, views_feed
from .book import views as book

urlpatterns = [
    path("book/", book.day, name="book"),
    path("book/new/", book.new, name="book_new"),
    path("book/news/", book.news, name="book_news"),
    path("book/week/<id:staff_id>/", book.week, name="book_week"),
    path("book/<id:booking_id>/", book.one, name="book_one"),
    path("book/<id:booking_id>/move/", book.move, name="book_move"),
    path("book/<id:booking_id>/cancel/", book.cancel, name="book_cancel"),
    path("diary/import/", views.upload, name="diary_import"),
    path("diary/import/<uuid:file_id>/", views.preview, name="diary_preview"),
    path("diary/import/<uuid:file_id>/apply/", views.apply, name="diary_apply"),
    path("diary/import/<uuid:file_id>/state/", views.state, name="diary_state"),
    path("diary/import/<uuid:file_id>/rows/", views.rows, name="diary_rows"),
    path("diary/needs-somebody/", views.needs_somebody, name="needs_somebody"),
    path("centres/", views.centres, name="centres"),
    path("centres/<uuid:centre_id>/", views.centre, name="centre"),
    path("centres/<uuid:centre_id>/close/", views.close_on, name="centre_close"),
    path("centres/open/<uuid:closure_id>/", views.open_again, name="centre_open"),
    path("people/<id:person_id>/appointments/", views.appointments, name="appointments"),
    path("calendar/", views_feed.my_calendar, name="my_calendar"),
    path("calendar/<slug:token>.ics", views_feed.calendar_feed, name="calendar_feed"),
    path("calendar/<id:booking_id>/", views_feed.calendar_open, name="calendar_open"),
    path("appointments/<id:booking_id>/tell/", views.tell, name="appointment_tell"),
]
