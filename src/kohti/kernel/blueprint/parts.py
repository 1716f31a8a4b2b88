"""What a blueprint can say: each table of the file as a part, strict about its keys and values.

What has to fit between parts (codes, languages, verbs) is looked at by `reading`.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from kohti.kernel.languages import gettext_noop


def _no_number(value: object) -> object:
    """A day or time is never a number: pydantic would count seconds."""
    if isinstance(value, int | float):
        raise PydanticCustomError("not_a_number", "a number")
    return value


def _wall_time(value: time) -> time:
    """A time as the clock on the wall shows it, without a zone."""
    if value.tzinfo is not None:
        raise PydanticCustomError("with_a_zone", "with a zone")
    return value


Day = Annotated[date, BeforeValidator(_no_number)]
Wall = Annotated[time, BeforeValidator(_no_number), AfterValidator(_wall_time)]
Number = Annotated[int, Strict()]
Yes = Annotated[bool, Strict()]

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Language = Literal["en", "fi", "da", "nl", "pl"]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Titles = dict[Language, Annotated[str, Field(min_length=1, max_length=80)]]


def _four(value: tuple[Titles, ...]) -> tuple[Titles, ...]:
    """None, or one for each of the four levels."""
    if len(value) not in (0, 4):
        raise ValueError(gettext_noop("expected four levels, from the hardest to the best"))
    return value


Levels = Annotated[tuple[Titles, ...], AfterValidator(_four)]
"""What the four levels of a scale are called, the hardest first; empty: as the product calls them."""
Item = Literal[
    "search", "goal", "belief", "skills", "together", "days", "health", "place", "travel", "people"
]
"""An item of the questionnaire that every service has."""
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Replacement = Annotated[str, Field(min_length=1)] | tuple[Annotated[str, Field(min_length=1)], ...]
"""What a message becomes: one text, or one for each plural form of the language."""


class Part(BaseModel):
    """A part of a blueprint: nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServicePart(Part):
    """The service itself."""

    code: Code
    name: Name
    country: Literal["GB", "FI", "DK", "BE", "PL", "NL", "IE", "SE"]
    timezone: str
    languages: tuple[Language, ...] = Field(min_length=1)


class AccentPart(Part):
    """The one accent colour, as #rrggbb, on light pages, and on dark ones where it is not made from that."""

    light: Colour
    dark: Colour | None = None


class ThemePart(Part):
    """How the service looks.

    `host` is the name of the organisation that runs it, shown before everything else; `logo` a file beside
    the blueprint.
    """

    accent: AccentPart = AccentPart(light="#15705c")
    host: Annotated[str, Field(max_length=80)] = ""
    logo: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.(svg|png)$")] | None = None


NO_FIELD = ("reach", "helps", "born", "steps", "address")
"""What is shared or sealed and is no field of life: no field may have such a code."""


class OrganisationPart(Part):
    """An organisation whose people work in the service, and what it brings.

    `tells`: the field of life that its very name tells of whoever it works with; `neutral`: what it is then called to
    whoever may not know that.
    """

    code: Code
    name: Name
    kind: Literal[
        "host", "authority", "municipality", "provider", "employer", "education", "youth", "social", "health",
        "addiction", "housing", "advice", "newcomers", "prison", "police", "library", "community",
    ]  # fmt: skip
    tells: Code | Literal[""] = ""
    neutral: Titles = {}


class CentrePart(Part):
    """A place with a front door.

    `at`: where it is, degrees north and east, to say how far it is; `phone`: as people dial it.
    """

    code: Code
    name: Name
    address: str = ""
    at: tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]] | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+() -]{0,30}$")] = ""


class OpenPart(Part):
    """Opening hours of some weekdays, in local wall time."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    opens: Wall
    closes: Wall
    centres: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def opens_before_it_closes(self) -> Self:
        """A day opens before it closes."""
        if self.opens >= self.closes:
            raise ValueError(gettext_noop("opens must be before closes"))
        return self


class ClosedPart(Part):
    """A day on which centres stay closed."""

    day: Day
    title: Titles
    centres: tuple[Code, ...] = ()


class DropInPart(Part):
    """A session that is held every week in local wall time, to which people come as they are.

    Held from the day `from` on, until a day, `except` on some; at some centres, or at all. `organisation` holds it,
    `room` is where, `stream` the line its visitors wait in; `open_access`: computers to use, not advice.
    `reasons`: for which reasons of walk-ins it helps; where none is said, for those of its line.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    code: Code
    title: Titles
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(min_length=1)
    opens: Wall
    closes: Wall
    starts: Day = Field(alias="from")
    until: Day | None = None
    but: tuple[Day, ...] = Field(default=(), alias="except")
    centres: tuple[Code, ...] = ()
    organisation: Code | None = None
    stream: Code | None = None
    room: Code | None = None
    reasons: tuple[Code, ...] = ()
    open_access: Yes = False

    @model_validator(mode="after")
    def in_order(self) -> Self:
        """A session opens before it closes, and begins before it ends."""
        if self.opens >= self.closes:
            raise ValueError(gettext_noop("opens must be before closes"))
        if self.until and self.starts > self.until:
            raise ValueError(gettext_noop("from must not be after until"))
        return self


class TravelPart(Part):
    """How many minutes a colleague needs between two centres."""

    between: tuple[Code, Code]
    minutes: Number = Field(gt=0, le=240)


class RolePart(Part):
    """A role: its title, whose rows it sees, what it may do, whether a password alone lets it in.

    `idle_minutes`: after how many minutes of nothing being done whoever works in it is signed out.
    """

    code: Code
    title: Titles
    scope: Literal["none", "day", "centre", "service", "administration"]
    verbs: tuple[str, ...]
    second_factor: Yes = False
    idle_minutes: Number | None = Field(default=None, ge=2, le=720)


class RoomPart(Part):
    """A room or desk that can be booked: at these centres, or at each. `has`: what somebody may need of it."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["room", "desk", "quiet"] = "room"
    has: tuple[Literal["step-free", "quiet", "children", "loop"], ...] = ()
    centres: tuple[Code, ...] = ()


class KindPart(Part):
    """A kind of appointment. `in_files`: how diaries write it.

    `public`: what messages and a person's own link call it, where it may be named at all; `bring`: what to bring;
    `remind`: whether reminders go out for it.
    """

    code: Code
    title: Titles
    minutes: Number = Field(gt=0, le=480)
    in_files: tuple[str, ...] = ()
    public: Titles = {}
    bring: dict[Language, tuple[Annotated[str, Field(min_length=1, max_length=120)], ...]] = {}
    remind: Yes = True


class OnlinePart(Part):
    """What a person can do with the link to their appointment.

    `links`: whether messages hold one; `first_names`: whether the colleague is named by the first name; `until_hours`:
    until how many hours before an appointment it can be moved or cancelled; `offers`: how many times are offered.
    """

    links: Yes = True
    first_names: Yes = True
    until_hours: Number = Field(default=0, ge=0, le=336)
    offers: Number = Field(default=6, ge=3, le=9)


class RemindersPart(Part):
    """Which messages leave by themselves about an appointment; none, unless said.

    `hours`: how many hours before it reminders go, by the clock on the wall; `channels`: the ways, the first that
    somebody has is taken; between `quiet_from` and `quiet_until` none leaves; `confirm`: after what a word goes
    out at once.
    """

    hours: tuple[Annotated[int, Strict(), Field(ge=1, le=336)], ...] = ()
    channels: tuple[Literal["sms", "mail"], ...] = ("sms", "mail")
    quiet_from: Wall = time(20)
    quiet_until: Wall = time(8)
    confirm: tuple[Literal["booked", "moved", "cancelled"], ...] = ()


class WaitingListPart(Part):
    """What becomes of a time that came free.

    `offer`: whether whoever waits longest of those it suits is asked by a message with a link, else only staff see it;
    `holds_minutes`: how long they have to answer before the next one is asked; `notice_minutes`: how far ahead a time
    must be to be offered like that.
    """

    offer: Yes = False
    holds_minutes: Number = Field(default=60, ge=10, le=1440)
    notice_minutes: Number = Field(default=120, ge=30, le=2880)


class StreamPart(Part):
    """A line people wait in.

    `letter` starts its tickets; `of_appointments` marks the one for the booked; `everybody` a line that any
    colleague's "call next" takes from (others are called by name of the stream only). `promise_minutes`: nobody in
    it should wait longer; `talk_minutes`: how long a talk takes as a rule, until the day itself says.
    """

    code: Code
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    title: Titles
    of_appointments: Yes = False
    everybody: Yes = False
    promise_minutes: Number = Field(default=20, gt=0, le=480)
    talk_minutes: Number = Field(default=10, gt=0, le=480)


class ReasonPart(Part):
    """Why somebody walks in: which line they join and how urgent it is (0 none, 1 soon, 2 crisis)."""

    code: Code
    title: Titles
    stream: Code
    urgency: Literal[0, 1, 2] = 0
    in_files: tuple[str, ...] = ()


Say = dict[Language, Annotated[str, Field(min_length=1, max_length=300)]]


class CrisisPart(Part):
    """Who meets somebody in crisis (these roles and organisations), and what is said to them first.

    Without roles and organisations whoever calls people from the line does.
    """

    roles: tuple[Code, ...] = ()
    organisations: tuple[Code, ...] = ()
    say: Say = {}


class HelpPart(Part):
    """Where somebody in crisis finds help now: a place near some centres, for some reasons (else for each).

    `when` is said as on the door of the place.
    """

    code: Code
    title: Titles
    place: Name
    phone: Annotated[str, Field(max_length=40)] = ""
    when: Say = {}
    centres: tuple[Code, ...] = ()
    reasons: tuple[Code, ...] = ()


class StagePart(Part):
    """A stage of a person's way through the service, in order. `ends`: whoever is there has left."""

    code: Code
    title: Titles
    ends: Yes = False


class FieldPart(Part):
    """A field of life that needs, aims and notes belong to. `sealed`: open to named people only.

    `levels`: what its four levels are called, where it has a scale of its own; `items`: the items of the
    questionnaire that touch it, and are sealed with it; `said`: how people say it ("nowhere to sleep").
    """

    code: Code
    title: Titles
    sealed: Yes = False
    said: dict[Language, tuple[Annotated[str, Field(min_length=2, max_length=60)], ...]] = {}
    levels: Levels = ()
    items: tuple[Item, ...] = ()


class ScalePart(Part):
    """What the four levels of each field of life are called, where it has none of its own; the hardest first."""

    levels: Levels = ()


class OutcomePart(Part):
    """What somebody reached, or why they left. `positive`: it counts as a success."""

    code: Code
    title: Titles
    positive: Yes


class PlanPart(Part):
    """Rules of a plan: how long at most, how often a contact and a review, which fields need an aim.

    `climb_days`: what nobody mended for so many days goes to the leader; `missed_days`: how soon somebody who did
    not come is to be asked why; `most_weeks`: the limit in weeks instead of months; `extend_weeks`: how much a
    leader gives when they give more time.
    """

    most_months: Number | None = Field(default=None, gt=0, le=120)
    most_weeks: Number | None = Field(default=None, gt=0, le=520)
    extend_weeks: Number | None = Field(default=None, gt=0, le=520)
    contact_days: Number | None = Field(default=None, gt=0, le=366)
    review_days: Number | None = Field(default=None, gt=0, le=366)
    climb_days: Number = Field(default=3, ge=0, le=60)
    missed_days: Number = Field(default=2, ge=0, le=60)
    aims_in: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def one_limit(self) -> Self:
        """A limit is given in months or in weeks, and only a limit can be moved."""
        if self.most_months and self.most_weeks:
            raise ValueError(gettext_noop("give most_months or most_weeks, not both"))
        if self.extend_weeks and not (self.most_months or self.most_weeks):
            raise ValueError(gettext_noop("extend_weeks needs most_months or most_weeks"))
        return self


class ReferralsPart(Part):
    """How soon a partner is to answer a referral.

    `reply_days`: after how many days whoever sent it is asked to look; `leader_days`: after how many more their leader
    is; `link_days`: how long the link of a partner without an account holds; `share_days`: for how long something is
    shared unless another day is said.
    """

    reply_days: Number = Field(default=5, gt=0, le=90)
    leader_days: Number = Field(default=3, ge=0, le=90)
    link_days: Number = Field(default=14, gt=0, le=90)
    share_days: Number = Field(default=90, gt=0, le=366)


class RulingsPart(Part):
    """How soon a question to the authority is to be answered: `minutes`, before the leader is shown it."""

    minutes: Number = Field(default=10, gt=0, le=480)


class RulingKindPart(Part):
    """What is asked of the authority in a meeting."""

    code: Code
    title: Titles


class TargetPart(Part):
    """A number to be reached between two days, both included, and what it counts."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    code: Code
    title: Titles
    number: Number = Field(gt=0)
    counts: Literal["reached", "started", "coached", "moved-on", "positive-outcomes", "moved-up", "finished"]
    starts: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def begins_before_it_ends(self) -> Self:
        """A target begins before it ends."""
        if self.starts > self.until:
            raise ValueError(gettext_noop("from must not be after until"))
        return self


class FactorPart(Part):
    """One thing a centre's monthly review looks at."""

    code: Code
    title: Titles


CODED = (
    "organisations", "centres", "roles", "kinds", "rooms", "streams", "reasons", "helps_now",
    "stages", "fields", "outcomes", "targets", "factors", "drop_ins", "ruling_kinds",
)  # fmt: skip
"""The lists whose entries are known by a code."""


Mapped = Literal["organisations", "roles", "kinds", "streams", "stages"]
"""The lists whose living data can move from a code that goes to one that stays."""


from .outreach import OutreachPart  # noqa: E402 - it is made of what stands above


class Blueprint(Part):
    """A whole service. `mapping`: where the living data of codes that are gone from the file move to."""

    service: ServicePart
    theme: ThemePart = ThemePart()
    words: dict[Language, dict[str, Replacement]] = {}
    organisations: tuple[OrganisationPart, ...] = Field(min_length=1)
    centres: tuple[CentrePart, ...] = Field(min_length=1)
    opening: tuple[OpenPart, ...] = Field(min_length=1)
    closures: tuple[ClosedPart, ...] = ()
    drop_ins: tuple[DropInPart, ...] = ()
    travel: tuple[TravelPart, ...] = ()
    roles: tuple[RolePart, ...] = Field(min_length=1)
    kinds: tuple[KindPart, ...] = Field(min_length=1)
    rooms: tuple[RoomPart, ...] = ()
    streams: tuple[StreamPart, ...] = Field(min_length=1)
    reasons: tuple[ReasonPart, ...] = Field(min_length=1)
    online: OnlinePart = OnlinePart()
    reminders: RemindersPart = RemindersPart()
    waiting_list: WaitingListPart = WaitingListPart()
    crisis: CrisisPart = CrisisPart()
    helps_now: tuple[HelpPart, ...] = ()
    stages: tuple[StagePart, ...] = ()
    fields: tuple[FieldPart, ...] = ()
    scale: ScalePart = ScalePart()
    outcomes: tuple[OutcomePart, ...] = ()
    plan: PlanPart = PlanPart()
    referrals: ReferralsPart = ReferralsPart()
    rulings: RulingsPart = RulingsPart()
    ruling_kinds: tuple[RulingKindPart, ...] = ()
    targets: tuple[TargetPart, ...] = ()
    factors: tuple[FactorPart, ...] = ()
    outreach: OutreachPart = OutreachPart()
    mapping: dict[Mapped, dict[Code, Code]] = {}

    def as_json(self) -> dict[str, Any]:
        """The whole of it as plain values."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """What `as_json` gave."""
        return cls.model_validate(value)
