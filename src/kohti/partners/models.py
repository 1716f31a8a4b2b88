"""The directory: organisations that help, what they offer, where, and in whose words.

Each row holds its HSDS record whole (`record`), so that what came in goes out again; the columns beside it are what is
searched, shown in lists, and joined.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from kohti.kernel.ids import new_id
from kohti.kernel.together import belongs
from kohti.team.models import Centre, Organisation, Service, Staff


def _words(**how: Any) -> Any:
    return ArrayField(models.TextField(), default=list, db_default=[], **how)


class Entry(models.Model):
    """What every record of the directory has.

    hsds_id      its identifier in HSDS, once in a service
    source       the file or place it came from; empty: written here
    gone_since   since when its source names it no more: it is kept, shown so, and offered no more
    public       whether the world may read it
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    service = belongs(Service)
    hsds_id = models.UUIDField()
    source = models.TextField(blank=True, default="")
    record = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
    gone_since = models.DateTimeField(null=True)
    public = models.BooleanField(default=True)

    class Meta:
        abstract = True


class Partner(Entry):
    """An organisation of the directory. `organisation`: the one of the team it is, if its people work here.

    `tells`: the field of life that its very name tells of whoever it helps; `neutral`: what it is then called to whoever
    may not know that.
    """

    name = models.TextField()
    organisation = belongs(Organisation, null=True)
    tells = models.CharField(max_length=40, blank=True, default="", db_default="")
    neutral = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "hsds_id", name="partner_once"),
            models.UniqueConstraint("service", "id", name="partner_in_service"),
        )


class Place(Entry):
    """Where help is given: a building, a postal or a virtual place. `centre`: the front door it is at."""

    name = models.TextField(blank=True)
    address = models.TextField(blank=True, help_text="in one line")
    town = models.TextField(blank=True)
    partner = belongs(Partner, null=True)
    centre = belongs(Centre, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "hsds_id", name="place_once"),
            models.UniqueConstraint("service", "id", name="place_in_service"),
        )


class Taxonomy(Entry):
    """A list of terms that offers are sorted by."""

    class Meta:
        constraints = (models.UniqueConstraint("service", "hsds_id", name="taxonomy_once"),)


class Term(Entry):
    """A term of a taxonomy. `field`: the field of life it belongs to."""

    name = models.TextField()
    field = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint("service", "hsds_id", name="term_once"),)


UNREAD = ("words", "folded", "found_by", "told_by")
"""Columns of an offer that are long and only searched."""


class Listing(Entry):
    """What a partner does for people: HSDS's service.

    chosen_fields the fields of life that somebody here gave it; None: nobody did, they are told by its words and terms
    fields        fields of life it helps in
    languages     in which it is spoken (ISO 639)
    weekdays      on which it is open (0 Monday); none: not known
    towns         where, folded; in_towns: the same as it is written
    free          whether it costs nothing; None: not known
    words, speech what it is found by, and in which language's stems (a PostgreSQL text search configuration)
    told_by       what the world finds it by: its own name and description alone
    confirmed_at  when somebody last said that it is right, who, and the day by which it is asked again
    """

    partner = belongs(Partner)
    name = models.TextField()
    status = models.CharField(max_length=20, default="active")
    chosen_fields = ArrayField(models.TextField(), null=True)
    fields = _words()
    terms = ArrayField(models.UUIDField(), default=list, db_default=[])
    languages = _words()
    weekdays = ArrayField(models.SmallIntegerField(), default=list, db_default=[])
    towns = _words()
    in_towns = _words()
    free = models.BooleanField(null=True)
    words = models.TextField(blank=True, default="")
    folded = models.TextField(blank=True, default="")
    speech = models.CharField(max_length=20, default="simple")
    found_by = SearchVectorField(null=True)
    told_by = SearchVectorField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = belongs(Staff, null=True)
    confirm_by = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("service", "hsds_id", name="listing_once"),
            models.UniqueConstraint("service", "id", name="listing_in_service"),
            models.CheckConstraint(
                condition=Q(status__in=("active", "inactive", "defunct", "temporarily closed")),
                name="listing_status",
            ),
        )
        indexes = (
            GinIndex(fields=["found_by"], name="listings_by_words"),
            GinIndex(fields=["told_by"], name="listings_told_by"),
            GinIndex(fields=["folded"], name="listings_by_letters", opclasses=("gin_trgm_ops",)),
            models.Index("partner", name="listings_of_a_partner"),
            models.Index("service", "confirm_by", name="listings_to_confirm"),
        )


class ListedAt(Entry):
    """An offer at a place, with hours and numbers of its own: HSDS's service at location."""

    listing = belongs(Listing)
    place = belongs(Place)

    class Meta:
        constraints = (models.UniqueConstraint("service", "hsds_id", name="listed_at_once"),)
        indexes = (
            models.Index("place", name="listed_at_a_place"),
            models.Index("listing", "place", name="listed_at_of_a_listing"),
        )


TABLES: dict[str, type[Entry]] = {
    "organization": Partner,
    "taxonomy": Taxonomy,
    "taxonomy_term": Term,
    "location": Place,
    "service": Listing,
    "service_at_location": ListedAt,
}
"""Where each kind of HSDS record stands, in an order in which everything is there that the next points to."""

from .expertise.models import Expertise as Expertise  # noqa: E402 - these stand in files of their own
from .referrals.models import Referral as Referral  # noqa: E402
from .referrals.models import ReferralLink as ReferralLink  # noqa: E402
from .referrals.models import ReferralTurn as ReferralTurn  # noqa: E402
from .rulings.models import Ruling as Ruling  # noqa: E402
