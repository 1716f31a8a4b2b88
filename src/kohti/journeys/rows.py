"""Who may see whose way: whoever sees the person and works with ways; sealed parts need their key besides.

Whoever has a way in hand, stands in for that one, or is asked to take it over sees the person for as long: the
database gives and ends that sight with the row that says so.
"""

from __future__ import annotations

from kohti.kernel.policies import OWN_SERVICE, Table
from kohti.kernel.rows import definer
from kohti.people.rows import FAR, KEPT, MY_OWN, SEEN, SYSTEM_ALL, WITH_ITS_KEY

from . import holding

SEES = "(select kohti.may('journeys.see'))"
WORKS = "(select kohti.may('journeys.work'))"
LEADS = "(select kohti.may('journeys.lead'))"
ME = "(select kohti.member())"


def _sight(table: str, starts: str, ends: str, member: str = "member_id") -> tuple[str, str]:
    """A row of `table` gives its member sight of the person from and until; the end moves with the row's."""
    name = f"kohti.{table}_gives_sight"
    return (
        definer(
            f"""
{name}()
returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        update people_grant set ends = greatest(starts, least(ends, {ends}))
        where because_id = new.id and ends > {ends};
        return null;
    end if;
    insert into people_grant (id, service_id, person_id, to_member_id, to_role, field, purpose, starts, ends,
                              because_kind, because_id)
    values (gen_random_uuid(), new.service_id, new.person_id, new.{member}, '', '', 'journey',
            {starts}, greatest({starts}, {ends}), '{table}', new.id);
    return null;
end $$;
grant execute on function {name}() to public"""
        ),
        f"""
create or replace trigger gives_sight after insert or update on journeys_{table}
    for each row execute function {name}();
""",
    )


LAST_DAY = "((new.until_day + 1)::timestamp at time zone (select timezone from team_service where id = new.service_id))"

FUNCTIONS = (
    *holding.FUNCTIONS,
    *_sight("owning", "new.since", f"coalesce(new.until, new.since + {FAR})"),
    *_sight("cover", "new.starts", "new.ends"),
    *_sight(
        "handover",
        "new.at",
        f"case when new.state = 'asked' then {LAST_DAY} else kohti.now() end",
        "to_member_id",
    ),
)

MINE_TO_GIVE = (
    "exists (select 1 from journeys_journey j where j.id = journey_id and (j.owner_id is null"
    f" or j.owner_id = {ME} or j.centre_id = (select kohti.whole_centre())"
    " or exists (select 1 from journeys_handover h where h.journey_id = j.id and h.state = 'asked'"
    f" and h.to_member_id = {ME} and member_id = {ME})))"
)


def _part(name: str, *, sealed: bool = False, add: str = "", change: str = "", own: bool = True) -> Table:
    """A part of a way: seen by whoever sees it whole, written by whoever works on it."""
    key = f" and {WITH_ITS_KEY}" if sealed else ""
    return Table(
        name=f"journeys_{name}",
        see=f"{SEEN} and {SEES}{key}",
        add=f"{KEPT} and {add or WORKS}{key}" + (f" and {MY_OWN}" if own else ""),
        change=f"{KEPT} and {change or WORKS}{key}",
        system=SYSTEM_ALL,
    )


TABLES = (
    Table(name="journeys_rules", see=OWN_SERVICE),
    Table(
        name="journeys_journey",
        see=f"{SEEN} and {SEES}",
        add=f"{KEPT} and {WORKS}",
        change=f"{KEPT} and {WORKS}",
        system=SYSTEM_ALL,
    ),
    _part("entryfact", own=False),
    _part("stagespell"),
    _part("pause"),
    _part("extension", add=LEADS, change=LEADS),
    _part("owning", add=f"{WORKS} and {MINE_TO_GIVE}", own=False),
    _part("cover", add=f"{WORKS} and {MINE_TO_GIVE}"),
    _part("handover", own=False),
    _part("contact"),
    _part("need", sealed=True),
    _part("answers", sealed=True),
    _part("aim", sealed=True, own=False),
    _part("step", sealed=True, own=False),
    _part("planversion"),
    _part("planchange", sealed=True, own=False),
    _part("outcome"),
    _part("lastingcheck", own=False),
)
