"""Addresses of the diary."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import views, views_drop_ins, views_earlier, views_feed, views_not_coming
from .book import views as book
from .rota import views as rota

urlpatterns = [
    path("book/", book.day, name="book"),
    path("book/new/", book.new, name="book_new"),
    path("book/news/", book.news, name="book_news"),
    path("book/week/<id:staff_id>/", book.week, name="book_week"),
    path("book/week/room/<id:room_id>/", book.week_of_room, name="book_week_of_room"),
    path("book/<id:booking_id>/", book.one, name="book_one"),
    path("book/<id:booking_id>/move/", book.move, name="book_move"),
    path("book/<id:booking_id>/cancel/", book.cancel, name="book_cancel"),
    path("diary/import/", views.upload, name="diary_import"),
    path("diary/import/<uuid:file_id>/", views.preview, name="diary_preview"),
    path("diary/import/<uuid:file_id>/apply/", views.apply, name="diary_apply"),
    path("diary/import/<uuid:file_id>/state/", views.state, name="diary_state"),
    path("diary/import/<uuid:file_id>/rows/", views.rows, name="diary_rows"),
    path("diary/needs-somebody/", views_not_coming.needs_somebody, name="needs_somebody"),
    path("diary/not-coming/", views_not_coming.who_is_not_coming, name="not_coming_who"),
    path("diary/not-coming/<id:staff_id>/", views_not_coming.not_coming, name="not_coming"),
    path("diary/waiting-list/", views_earlier.waiting_list, name="waiting_list"),
    path("diary/waiting-list/<id:wish_id>/take/", views_earlier.take_earlier, name="wish_take"),
    path("diary/waiting-list/<id:wish_id>/end/", views_earlier.end_wish, name="wish_end"),
    path("diary/waiting-list/offers/<id:offer_id>/back/", views_earlier.offer_back, name="offer_back"),
    path("book/<id:booking_id>/earlier/", views_earlier.ask_earlier, name="ask_earlier"),
    path("here/", rota.here_now, name="here_now"),
    path("rota/", rota.week, name="rota"),
    path("rota/print/", rota.printed, name="rota_printed"),
    path("rota/new/", rota.new, name="rota_new"),
    path("rota/change/", rota.change, name="rota_change"),
    path("rota/change/<id:change_id>/take-back/", rota.take_back, name="rota_take_back"),
    path("rota/<id:rota_id>/end/", rota.end, name="rota_end"),
    path("centres/<id:centre_id>/drop-ins/", views_drop_ins.drop_ins, name="drop_ins"),
    path("drop-ins/<id:drop_in_id>/end/", views_drop_ins.end, name="drop_in_end"),
    path("drop-ins/<id:drop_in_id>/skip/", views_drop_ins.skip, name="drop_in_skip"),
    path("centres/", views.centres, name="centres"),
    path("centres/<uuid:centre_id>/", views.centre, name="centre"),
    path("centres/<uuid:centre_id>/close/", views.close_on, name="centre_close"),
    path("centres/open/<uuid:closure_id>/", views.open_again, name="centre_open"),
    path("people/<id:person_id>/appointments/", views.appointments, name="appointments"),
    path("people/<id:person_id>/appointments/waiting/", views_earlier.ask_for_time, name="ask_for_time"),
    path("calendar/", views_feed.my_calendar, name="my_calendar"),
    path("calendar/<slug:token>.ics", views_feed.calendar_feed, name="calendar_feed"),
    path("calendar/<id:booking_id>/", views_feed.calendar_open, name="calendar_open"),
    path("appointments/<id:booking_id>/tell/", views.tell, name="appointment_tell"),
]
