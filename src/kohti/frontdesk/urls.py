"""Addresses of the front desk."""

from __future__ import annotations

from django.urls import path

import kohti.kernel.ids  # noqa: F401 - <id:…> in addresses

from . import (
    board,
    crisis,
    kiosk,
    promised,
    views,
    views_figures,
    views_line,
    views_news,
    views_next_day,
    views_queue,
)

urlpatterns = [
    path("arrivals/", views.arrivals, name="arrivals"),
    path("arrivals/find/", views.find, name="arrivals_find"),
    path("arrivals/walk-in/", views.walk_in, name="walk_in"),
    path("arrivals/news/", views_news.arrivals_news, name="arrivals_news"),
    path("arrivals/day-sheet/", views.day_sheet, name="day_sheet"),
    path("arrivals/<id:booking_id>/check-in/", views.check_in, name="check_in"),
    path("tomorrow/", views_next_day.tomorrow, name="tomorrow"),
    path("tomorrow/print/", views_next_day.tomorrow_printed, name="tomorrow_printed"),
    path("figures/day/", views_figures.day_in_figures, name="day_figures"),
    path("figures/day/csv/", views_figures.day_figures_csv, name="day_figures_csv"),
    path("figures/day/visits/", views_figures.day_visits, name="day_visits"),
    path("queue/", views_queue.queue, name="queue"),
    path("queue/news/", views_news.queue_news, name="queue_news"),
    path("queue/waits/", views_queue.queue_waits, name="queue_waits"),
    path("queue/call-next/", views_queue.call_next, name="call_next"),
    path("queue/desk/", views_queue.desk, name="desk"),
    path("queue/close/", views_queue.close_day, name="close_day"),
    path("board/", board.board, name="board"),
    path("board/news/", board.board_news, name="board_news"),
    path("kiosk/", kiosk.languages, name="kiosk"),
    path("kiosk/<slug:code>/", kiosk.ways, name="kiosk_ways"),
    path("kiosk/<slug:code>/code/", kiosk.by_code, name="kiosk_code"),
    path("kiosk/<slug:code>/born/", kiosk.by_birth, name="kiosk_birth"),
    path("kiosk/<slug:code>/speak/", kiosk.speak, name="kiosk_speak"),
    path("visits/<id:visit_id>/crisis/", crisis.crisis, name="crisis"),
    path("visits/<id:visit_id>/ask/", crisis.ask, name="visit_ask"),
    path("visits/<id:visit_id>/next-help/", crisis.next_help, name="next_help"),
    path("visits/<id:visit_id>/card/", crisis.help_card, name="help_card"),
    path("queue/alarm/", views_line.alarm, name="alarm"),
    path("queue/alarm/over/", views_line.alarm_over, name="alarm_over"),
    path("queue/help/", views_line.ask_for_help, name="ask_for_help"),
    path("queue/help/news/", views_news.help_news, name="help_news"),
    path("queue/help/<id:help_id>/go/", views_line.help_go, name="help_go"),
    path("queue/help/<id:help_id>/over/", views_line.help_over, name="help_over"),
    path("visits/<id:visit_id>/", views_line.visit, name="visit"),
    path("visits/<id:visit_id>/park/", views_line.park, name="visit_park"),
    path("visits/<id:visit_id>/hand-over/", views_line.hand_over, name="visit_hand_over"),
    path("visits/<id:visit_id>/done-and/", views_line.done_and, name="visit_done"),
    path("visits/<id:visit_id>/promises/", promised.promises, name="promises"),
    path("visits/<id:visit_id>/undo/", views.undo, name="visit_undo"),
    path("visits/<id:visit_id>/<str:verb>/", views_queue.move, name="visit_move"),
]
