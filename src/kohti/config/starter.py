"""The file a new service begins with: small, whole and in order, each table with a word on what it is for."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence

from kohti.config import services
from kohti.kernel import blueprint

HOMES = {
    "en": ("GB", "Europe/London"),
    "fi": ("FI", "Europe/Helsinki"),
    "da": ("DK", "Europe/Copenhagen"),
    "nl": ("BE", "Europe/Brussels"),
    "pl": ("PL", "Europe/Warsaw"),
}
"""Country and time zone to begin with, by the service's first language."""

TITLES = {
    "host": ("Host", "Aulaneuvoja", "Receptionsmedarbejder", "Onthaalmedewerker", "Recepcja"),
    "coach": ("Coach", "Valmentaja", "Jobkonsulent", "Coach", "Doradca"),
    "leader": ("Team leader", "Tiiminvetäjä", "Teamleder", "Teamleider", "Kierownik zespołu"),
    "administrator": ("Administrator", "Pääkäyttäjä", "Administrator", "Beheerder", "Administrator"),
    "first": (
        "First conversation",
        "Alkukeskustelu",
        "Første samtale",
        "Eerste gesprek",
        "Pierwsza rozmowa",
    ),
    "follow-up": ("Follow-up", "Seurantakeskustelu", "Opfølgning", "Opvolggesprek", "Kolejna rozmowa"),
    "appointments": ("Appointments", "Ajanvaraukset", "Aftaler", "Afspraken", "Umówione wizyty"),
    "desk": ("Front desk", "Neuvonta", "Reception", "Infobalie", "Punkt obsługi"),
    "crisis": (
        "Needs help today",
        "Tarvitsee apua tänään",
        "Har brug for hjælp i dag",
        "Heeft vandaag hulp nodig",
        "Dziś potrzebuje pomocy",
    ),
    "question": ("Has a question", "Kysyttävää", "Har et spørgsmål", "Heeft een vraag", "Ma pytanie"),
    "not-said": (
        "Does not want to say",
        "Ei halua sanoa",
        "Vil ikke sige det",
        "Wil het niet zeggen",
        "Nie chce powiedzieć",
    ),
    "begun": ("Begun", "Alkanut", "Begyndt", "Begonnen", "Początek"),
    "on-the-way": ("On the way", "Matkalla", "På vej", "Onderweg", "W drodze"),
    "moved-on": ("Moved on", "Siirtynyt eteenpäin", "Kommet videre", "Doorgestroomd", "Poszedł dalej"),
    "ended": ("Ended", "Päättynyt", "Afsluttet", "Beëindigd", "Zakończone"),
    "work": ("Work and skills", "Työ ja osaaminen", "Arbejde og kompetencer", "Werk", "Praca i umiejętności"),
    "life": ("Life situation", "Elämäntilanne", "Livssituation", "Leefsituatie", "Sytuacja życiowa"),
    "health": ("Health", "Terveys", "Helbred", "Gezondheid", "Zdrowie"),
    "job": ("A job", "Työpaikka", "Job", "Werk", "Praca"),
    "training": ("Training", "Koulutus", "Uddannelse", "Opleiding", "Szkolenie"),
    "left": ("Left early", "Keskeytti", "Stoppet før tid", "Gestopt", "Odszedł wcześniej"),
    "new-year": ("New Year's Day", "Uudenvuodenpäivä", "Nytårsdag", "Nieuwjaar", "Nowy Rok"),
}
"""In the order of the languages in HOMES."""

TEXT = """\
# {name}. Change what you like, then:
#     kohti blueprint check {code}        every fault with its line
#     kohti blueprint apply {code} --check    what would change; nothing is changed
#     kohti blueprint apply {code}
# docs/how-to/write-a-blueprint.md tells what each table is for.

[service]
code = "{code}"
name = {quoted}
country = "{country}"                   # how dates and telephone numbers are read
timezone = "{timezone}"
languages = {languages}                 # the first one sorts names

# The accent is one colour; what nobody could read is refused. The host's name stands first on every page.
[theme]
accent = {{ light = "#15705c" }}
host = {quoted}

# Whole messages in words of your own, as [words.en] and so on, each English message letter by letter.

# Whose people work here.
[[organisations]]
code = "host"
name = {quoted}
kind = "host"

# Places with a front door, and when it is open, in local time.
[[centres]]
code = "{code}-centre"
name = {quoted}
address = ""

[[opening]]
days = ["mon", "tue", "wed", "thu", "fri"]
opens = 09:00:00
closes = 16:00:00

[[closures]]
day = 2027-01-01
title = <new-year>

# Whose rows a role sees (day: who comes today; centre: every day; administration: no people's data;
# none), and what it may do: docs/reference/access.md lists the verbs.
[[roles]]
code = "host"
title = <host>
scope = "day"
verbs = @host@

[[roles]]
code = "coach"
title = <coach>
scope = "day"
verbs = @coach@

[[roles]]
code = "leader"
title = <leader>
scope = "centre"
verbs = @leader@
second_factor = true

[[roles]]
code = "administrator"
title = <administrator>
scope = "administration"
verbs = @administrator@
second_factor = true

# Kinds of appointment. in_files: how diary files write them.
[[kinds]]
code = "first"
title = <first>
minutes = 45
in_files = [<<first>>]

[[kinds]]
code = "follow-up"
title = <follow-up>
minutes = 30
in_files = [<<follow-up>>]

# The lines people wait in, each with a letter for its tickets; exactly one is that of the booked.
[[streams]]
code = "appointments"
letter = "A"
title = <appointments>
of_appointments = true

[[streams]]
code = "desk"
letter = "D"
title = <desk>
everybody = true

# Why somebody walks in. urgency: 1 soon, 2 crisis.
[[reasons]]
code = "crisis"
title = <crisis>
stream = "desk"
urgency = 2

[[reasons]]
code = "question"
title = <question>
stream = "desk"

[[reasons]]
code = "not-said"
title = <not-said>
stream = "desk"

# A person's way, in order; whoever is in a stage that ends has left.
[[stages]]
code = "begun"
title = <begun>

[[stages]]
code = "on-the-way"
title = <on-the-way>

[[stages]]
code = "moved-on"
title = <moved-on>
ends = true

[[stages]]
code = "ended"
title = <ended>
ends = true

# Fields of life. What is sealed is open to named people only.
[[fields]]
code = "work"
title = <work>

[[fields]]
code = "life"
title = <life>

[[fields]]
code = "health"
title = <health>
sealed = true

[[outcomes]]
code = "job"
title = <job>
positive = true

[[outcomes]]
code = "training"
title = <training>
positive = true

[[outcomes]]
code = "left"
title = <left>
positive = false

[plan]
contact_days = 14
review_days = 91
aims_in = ["work"]
"""


def text(code: str, *, name: str, languages: Sequence[str], country: str = "", timezone: str = "") -> str:
    """A blueprint for a new service, in order as it stands. `languages` are codes of HOMES, the first one first.

    Its four roles may what those of the same code may in Gloucestershire, but go out on rounds: for that a service first
    names a kind of appointment.
    """
    home = HOMES[languages[0]]
    order = list(HOMES)
    like = {
        role.code: [one for one in role.verbs if one != "outreach.go"]
        for role in blueprint.read(services.shipped("gloucestershire")).roles
    }

    def title(found: re.Match[str]) -> str:
        titles = dict(zip(order, TITLES[found[1]], strict=True))
        inside = ", ".join(f"{one} = {_quoted(titles[one])}" for one in languages)
        return f"{{ {inside} }}"

    def verbs(found: re.Match[str]) -> str:
        listed = textwrap.wrap(", ".join(map(_quoted, like[found[1]])) + ",", 100, break_on_hyphens=False)
        return "[\n" + "".join(f"    {line}\n" for line in listed) + "]"

    def written(found: re.Match[str]) -> str:
        return _quoted(TITLES[found[1]][order.index(languages[0])])

    filled = TEXT.format(
        code=code,
        name=name,
        quoted=_quoted(name),
        country=country or home[0],
        timezone=timezone or home[1],
        languages=json.dumps(list(languages)),
    )
    filled = re.sub(
        r"^verbs = @([a-z]+)@", lambda found: f"verbs = {verbs(found)}", filled, flags=re.MULTILINE
    )
    return re.sub(r"<([a-z-]+)>", title, re.sub(r"<<([a-z-]+)>>", written, filled))


def _quoted(value: str) -> str:
    """As TOML writes a text."""
    return json.dumps(value, ensure_ascii=False)
