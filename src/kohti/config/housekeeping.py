"""What the worker does regularly for every service."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app

from kohti.config.keeping import erasures
from kohti.config.keeping.erasures import Erasure
from kohti.diary.models import ImportedFile
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import clock, drafts, history
from kohti.kernel.actor import DOOR, Actor, as_actor, system_of
from kohti.kernel.ids import new_id
from kohti.kernel.jobs import housekeeping
from kohti.kernel.models import Done
from kohti.outreach import actions as outreach
from kohti.partners.referrals import clock as referrals
from kohti.people import actions as people
from kohti.people.attachments import scanning as papers
from kohti.team.models import AtCounter, Centre, Service, Session, WayBack

log = structlog.get_logger()
KEYS_KEPT = timedelta(days=14)
WAYS_BACK_KEPT = timedelta(days=90)
"""So long a colleague who was given one can still be told."""
DRAFTS_KEPT = timedelta(days=30)
"""So long what somebody typed and never saved is kept."""
STALLED_S = 8


def services() -> Iterator[Actor]:
    """The housekeeping of every service, one after the other."""
    with as_actor(DOOR):
        found = list(Service.objects.order_by("code"))
    for service in found:
        yield system_of(
            service.id,
            timezone=service.timezone,
            country=service.country,
            languages=service.languages,
        )


def close_centres(actor: Actor) -> int:
    """Close every day of a service that should be over; returns how many."""
    closed = 0
    with as_actor(actor):
        centres: list[uuid.UUID] = list(
            Centre.objects.filter(service_id=actor.service).order_by("code").values_list("id", flat=True)
        )
    for centre_id in centres:
        with as_actor(actor):
            for day in frontdesk.closing_due(actor, centre_id):
                frontdesk.close_day(actor, centre_id, day, key=f"close:{new_id()}")
                closed += 1
    return closed


@housekeeping("close-days", cron="* * * * *")
def close_days() -> None:
    """At closing time nobody is open."""
    for actor in services():
        close_centres(actor)


@housekeeping("watch-rounds", cron="* * * * *")
def watch_rounds() -> None:
    """Who is not back in time from a round is told to who watches."""
    for actor in services():
        with as_actor(actor):
            outreach.tell_who_is_late(actor)


@housekeeping("move-people", cron="5 * * * *")
def move_people() -> None:
    """Transfers between centres happen on their day."""
    for actor in services():
        with as_actor(actor):
            people.apply_transfers(actor)


@housekeeping("referral-clock", cron="*/15 * * * *")
def look_at_referrals() -> None:
    """What nobody answers goes to a leader; who was named and has left gives back what they were asked."""
    for actor in services():
        with as_actor(actor):
            referrals.look(actor)


@housekeeping("scan-papers", cron="*/5 * * * *")
def scan_papers() -> None:
    """Papers that came while the virus scanner was away are scanned now."""
    for actor in services():
        papers.scan_again(actor)


@housekeeping("seal-history", cron="* * * * *")
def seal_history() -> None:
    """Seal what has been written."""
    with as_actor(DOOR):
        history.seal()


@housekeeping("keep-erasures", cron="* * * * *")
def keep_erasures() -> None:
    """Who was forgotten is known outside the database too: a backup from before must not bring them back."""
    with as_actor(DOOR), connection.cursor() as cursor:
        cursor.execute("select service_id, person_id, at from kohti.forgotten()")
        known = [Erasure(service, person, at.isoformat()) for service, person, at in cursor.fetchall()]
    erasures.keep(settings.DATA, known)


@housekeeping("tidy", cron="17 3 * * *")
def tidy() -> None:
    """Drop old keys of changes, drafts and files that were left lying, sessions that ended."""
    for actor in services():
        with as_actor(actor):
            drafts.clear(clock.now() - DRAFTS_KEPT)
            Done.objects.filter(service_id=actor.service, at__lt=clock.now() - KEYS_KEPT).delete()
            ImportedFile.objects.filter(
                state__in=(ImportedFile.State.CHECKED, ImportedFile.State.ORDERED),
                at__lt=clock.now() - timedelta(days=1),
            ).update(content=b"", result={}, state=ImportedFile.State.FAILED)
    with as_actor(DOOR):
        Session.objects.filter(expire_date__lt=clock.real_now()).delete()
        AtCounter.objects.filter(until__lt=clock.real_now()).delete()
        WayBack.objects.filter(until__lt=clock.real_now() - WAYS_BACK_KEPT).delete()
        with connection.cursor() as cursor:
            cursor.execute("delete from kohti_cache where expires < now()")


@app.periodic(cron="* * * * * */5")
@app.task(name="take-up-stalled", queue="housekeeping")
async def take_up_stalled(timestamp: int) -> None:
    """Jobs whose worker was killed are done by another."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        await app.job_manager.retry_job(job)
        log.warning("job.taken_up", job=job.id, task=job.task_name)


@app.periodic(cron="43 * * * *")
@app.task(name="clear-done-jobs", queue="housekeeping")
async def clear_done_jobs(timestamp: int) -> None:
    """Jobs that were done a day ago are no longer kept; those that failed are."""
    await app.job_manager.delete_old_jobs(nb_hours=24)
