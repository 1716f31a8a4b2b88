"""Who knows what is read by whoever works there, and kept by each of themselves and by who keeps the directory."""

from __future__ import annotations

from kohti.kernel.policies import OF_COLLEAGUES, OWN_SERVICE, Table

FUNCTIONS = (
    """
create or replace function kohti.expertise_found_by()
returns trigger language plpgsql as $$
begin
    new.found_by := to_tsvector(new.speech::regconfig, new.words) || to_tsvector('simple', new.folded);
    return new;
end $$;
create or replace trigger expertise_found_by before insert or update of words, folded, speech on partners_expertise
for each row execute function kohti.expertise_found_by();
""",
)

OWN_OR_KEPT = f"{OWN_SERVICE} and (staff_id = (select kohti.staff()) or (select kohti.may('directory.keep')))"
TABLES = (Table(name="partners_expertise", see=OF_COLLEAGUES, add=OWN_OR_KEPT, change=OWN_OR_KEPT),)
