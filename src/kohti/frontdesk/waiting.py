"""How long a wait is going to be, and how many are needed at the desk: the mathematics of a line.

Sources: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
exchanges" (1917), for `erlang_b` and `erlang_c` in the closed form every textbook has since (Gross and others,
"Fundamentals of Queueing Theory", 4th ed., 2.4); W. Whitt, "Predicting queueing delays", Management Science 45 (1999),
for `minutes_until_called`: whoever has so many before them waits for as many talks to end.

Talks are taken to be exponential, arrivals to be Poisson. In a centre they are not quite: an estimate is an estimate.
"""

from __future__ import annotations

from math import ceil, exp

PRIOR_TALKS = 4
"""So many talks of the day weigh as much as what is taken for a talk as a rule."""
MOST_AT_THE_DESK = 60
KEPT_FOR = 0.9
"""A promise is kept when it is for nine in ten."""


def erlang_b(servers: int, load: float) -> float:
    """The probability that somebody finds all of `servers` busy and is turned away, at `load` erlangs."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """The probability that somebody has to wait, at `load` erlangs; 1 where the load is more than `servers` can do."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def expected_wait(servers: int, load: float, talk: float) -> float:
    """The mean wait of everybody who comes, in the unit of `talk`, the mean talk; infinite where the line only grows."""
    if load >= servers:
        return float("inf")
    return erlang_c(servers, load) * talk / (servers - load)


def kept(servers: int, load: float, talk: float, promise: float) -> float:
    """The share of those who come who wait no longer than `promise`, in the unit of `talk`."""
    if load >= servers:
        return 0.0
    return 1 - erlang_c(servers, load) * exp(-(servers - load) * promise / talk)


def needed(coming: float, talk: float, promise: float, waiting: int = 0) -> int:
    """How many at the desk keep `promise` for nine in ten, when `coming` come a minute and so many wait already.

    All times in minutes. Whoever comes now must not wait longer than promised for the line that is there, and the
    line must not grow again.
    """
    load = coming * talk
    servers = max(1, ceil(waiting * talk / promise))
    while servers < MOST_AT_THE_DESK and kept(servers, load, talk, promise) < KEPT_FOR:
        servers += 1
    return servers


def talk_length(usual: float, talks: int, minutes: float) -> float:
    """How long a talk takes in minutes, when `talks` took `minutes` in all today and as a rule one takes `usual`."""
    return (PRIOR_TALKS * usual + minutes) / (PRIOR_TALKS + talks)


def minutes_until_called(ahead: int, hands: float, busy: int, talk: float) -> float | None:
    """How long somebody with so many `ahead` of them still waits; None where nobody serves.

    `hands`: how many serve this line, shares of a colleague included; `busy`: how many of them are with somebody.
    """
    if hands <= 0:
        return None
    free = max(0, int(hands) - busy)
    if ahead < free:
        return 0.0
    return (ahead - free + 1) * talk / hands


def rounded(minutes: float) -> int:
    """Minutes as one says them: 3 is "a few", above that whole fives."""
    return 3 if minutes < 3 else max(5, 5 * round(minutes / 5))
