"""Who may see the directory: whoever works in the service; and the world, what is public."""

from __future__ import annotations

from kohti.kernel.policies import OF_COLLEAGUES, OWN_SERVICE, Table

from . import searching
from .expertise import rows as expertise
from .referrals import rows as referrals
from .rulings import rows as rulings

KEEPS = f"{OWN_SERVICE} and (select kohti.may('directory.keep'))"
CONFIRMS = (
    f"{OWN_SERVICE} and ((select kohti.may('directory.keep')) or (select kohti.may('directory.confirm')))"
)
AT_THE_DOOR = "(select kohti.at_the_door())"

FUNCTIONS = (
    *referrals.FUNCTIONS,
    """
create or replace function kohti.listing_found_by()
returns trigger language plpgsql as $$
declare
    told text;
begin
    new.found_by := to_tsvector(new.speech::regconfig, new.words) || to_tsvector('simple', new.folded);
    told := concat_ws(' . ', new.name, new.record->>'alternate_name', new.record->>'description');
    new.told_by := to_tsvector(new.speech::regconfig, told) || to_tsvector('simple', told);
    return new;
end $$;
create or replace trigger listing_found_by before insert or update of words, folded, speech, record on partners_listing
for each row execute function kohti.listing_found_by();
""",
    *searching.FUNCTIONS,
    *expertise.FUNCTIONS,
    *rulings.FUNCTIONS,
)


TABLES = (
    *(
        Table(
            name=f"partners_{name}",
            see=f"{OF_COLLEAGUES} or (public and gone_since is null and {AT_THE_DOOR})",
            add=KEEPS,
            change=CONFIRMS if name == "listing" else KEEPS,
        )
        for name in ("partner", "place", "taxonomy", "term", "listing", "listedat")
    ),
    *referrals.TABLES,
    *expertise.TABLES,
    *rulings.TABLES,
)
