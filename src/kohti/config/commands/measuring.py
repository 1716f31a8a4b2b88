"""What is measured in a scratch database: replay day, and every bench."""

from __future__ import annotations

import argparse
from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Any

from .common import DONE, USAGE, WRONG, Trouble, answer, command, family, read_file, say


def replay_day(args: argparse.Namespace) -> int:
    """Live a day in a scratch database."""
    from kohti.config import lived
    from kohti.kernel.errors import NotThere

    try:
        found = lived.replay(
            centre=args.centre,
            diary=read_file(args.diary),
            walk_ins=read_file(args.walk_ins),
            day=args.day,
            staff=args.staff,
            seed=args.seed,
            say=say,
        )
    except NotThere as trouble:
        raise Trouble(
            _("There is no centre “%(centre)s” in the sample service.") % {"centre": args.centre}, USAGE
        ) from trouble
    answer(
        found,
        as_json=args.json,
        words=lambda: "\n".join(f"{name.replace('_', ' '):18} {value}" for name, value in found.items()),
    )
    return DONE if found["history_verified"] and not found["open_at_close"] else WRONG


def bench_frontdesk(args: argparse.Namespace) -> int:
    """Measure the front desk through real HTTP."""
    from kohti.config.bench import frontdesk, measure

    rows = frontdesk.measure(
        sizes=[int(size) for size in args.past.split(",")], repeat=args.repeat, clients=args.clients, say=say
    )
    answer(rows, as_json=args.json, words=lambda: measure.as_table(rows))
    return DONE


def bench_journeys(args: argparse.Namespace) -> int:
    """Measure the pages of people's ways through real HTTP."""
    from kohti.config.bench import journeys

    found = journeys.measure(ways=args.ways, repeat=args.repeat, say=say)
    answer(found, as_json=args.json, words=lambda: journeys.in_words(found))
    return DONE


def bench_book(args: argparse.Namespace) -> int:
    """Measure the appointment book through real HTTP."""
    from kohti.config.bench import book, measure

    rows = book.measure(repeat=args.repeat, say=say)
    answer(rows, as_json=args.json, words=lambda: measure.as_table(rows))
    return DONE


def bench_directory(args: argparse.Namespace) -> int:
    """Measure the directory's search through real HTTP, and alone."""
    from kohti.config.bench import directory, measure

    rows = directory.measure(repeat=args.repeat, say=say)
    answer(rows, as_json=args.json, words=lambda: measure.as_table(rows))
    return DONE


def bench_referrals(args: argparse.Namespace) -> int:
    """Measure the board of an organisation with thousands of open referrals."""
    from kohti.config.bench import measure, referrals

    rows = referrals.measure(repeat=args.repeat, say=say)
    answer(rows, as_json=args.json, words=lambda: measure.as_table(rows))
    return DONE


def bench_sharing(args: argparse.Namespace) -> int:
    """Measure what the row policies cost."""
    from kohti.config.bench import sharing

    rows = sharing.measure(ways=args.ways, shares=args.shares, repeat=args.repeat, say=say)
    answer(rows, as_json=args.json, words=lambda: sharing.in_words(rows))
    return DONE


def bench_start(args: argparse.Namespace) -> int:
    """Measure the start of a web process."""
    from kohti.config.bench import start

    rows = start.measure(repeat=args.repeat, say=say)
    answer(rows, as_json=args.json, words=lambda: start.as_table(rows))
    return DONE


def bench_live(args: argparse.Namespace) -> int:
    """Measure how soon a change is on every open screen."""
    from kohti.config.bench import live

    found = live.measure(screens=[int(one) for one in args.screens.split(",")], changes=args.changes, say=say)
    answer(found, as_json=args.json, words=lambda: live.in_words(found))
    return DONE


def bench_nation(args: argparse.Namespace) -> int:
    """Measure a day of a whole country."""
    from kohti.config.bench import nation

    found = nation.measure(centres=args.centres, visits=args.visits, workers=args.workers, say=say)
    answer(found, as_json=args.json, words=lambda: nation.in_words(found))
    return DONE


def add_replay(commands: Any) -> None:
    """replay day."""
    replays = family(
        commands, "replay", _("Live a past day again, in a scratch database."), title=_("what to live")
    )
    one = command(
        replays,
        "day",
        replay_day,
        _("Live one day of a centre as fast as it can, through the same actions as the screens."),
    )
    one.add_argument("--centre", required=True, help=_("the centre's code, such as cheltenham"))
    one.add_argument("--diary", type=Path, required=True, metavar=_("FILE"), help=_("the day's appointments"))
    one.add_argument("--walk-ins", type=Path, required=True, metavar=_("FILE"), help=_("the door's log"))
    one.add_argument("--day", type=date.fromisoformat, help=_("the day (else the diary's most frequent one)"))
    one.add_argument(
        "--staff", type=int, help=_("how many colleagues serve (all of the diary's, and the desk)")
    )
    one.add_argument("--seed", type=int, default=1, help=_("what chance draws from (1)"))


def add_bench(commands: Any) -> None:
    """bench and its family."""
    benches = family(
        commands, "bench", _("Measure the product through real HTTP."), title=_("what to measure")
    )
    one = command(
        benches,
        "frontdesk",
        bench_frontdesk,
        _("The front desk with 300 visitors today, over growing numbers of past visits."),
    )
    one.add_argument(
        "--past", default="0,200000,2000000", help=_("numbers of past visits (0,200000,2000000)")
    )
    one.add_argument(
        "--clients", type=int, choices=range(1, 5), default=1, help=_("how many press buttons at once (1)")
    )
    one.add_argument("--repeat", type=int, default=100, help=_("how often each operation is done (100)"))

    one = command(
        benches,
        "journeys",
        bench_journeys,
        _(
            "The pages of people's ways, over so many open ones and a tenth of them, and the check of attention."
        ),
    )
    one.add_argument("--ways", type=int, default=30_000, help=_("how many open ways (30000)"))
    one.add_argument("--repeat", type=int, default=15, help=_("how often each operation is done (15)"))

    one = command(
        benches,
        "book",
        bench_book,
        _("The appointment book of 40 colleagues: a day, by room, a week of one."),
    )
    one.add_argument("--repeat", type=int, default=40, help=_("how often each operation is done (40)"))

    one = command(
        benches,
        "directory",
        bench_directory,
        _("The directory: finding help among 20,000 offers."),
    )
    one.add_argument("--repeat", type=int, default=40, help=_("how often each operation is done (40)"))

    one = command(
        benches,
        "referrals",
        bench_referrals,
        _("The board of an organisation with 5,000 open referrals."),
    )
    one.add_argument("--repeat", type=int, default=40, help=_("how often each operation is done (40)"))

    one = command(
        benches,
        "sharing",
        bench_sharing,
        _("What the row policies cost where much is shared: pages with them, and without."),
    )
    one.add_argument("--ways", type=int, default=30_000, help=_("how many open ways (30000)"))
    one.add_argument("--shares", type=int, default=200_000, help=_("how many shares (200000)"))
    one.add_argument("--repeat", type=int, default=10, help=_("how often each operation is done (10)"))

    one = command(
        benches,
        "start",
        bench_start,
        _("A web process from its command to its first answer: seconds, CPU, memory."),
    )
    one.add_argument("--repeat", type=int, default=10, help=_("how many starts (10)"))

    one = command(
        benches,
        "live",
        bench_live,
        _("One change on every open screen: how soon each hears of it, and what pages cost meanwhile."),
    )
    one.add_argument("--screens", default="200,1000", help=_("numbers of open screens (200,1000)"))
    one.add_argument("--changes", type=int, default=40, help=_("how many changes (40)"))

    one = command(
        benches,
        "nation",
        bench_nation,
        _("A day at the front desks of a whole country, through the actions: whole visits a second."),
    )
    one.add_argument("--centres", type=int, default=650, help=_("how many centres (650)"))
    one.add_argument("--visits", type=int, default=300, help=_("visits at each centre (300)"))
    one.add_argument("--workers", type=int, default=4, help=_("how many processes (4)"))
