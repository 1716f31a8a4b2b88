"""Who works where in the sample: five services, each with one centre whose day is lived. All of it invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A service of the sample: the centre whose day is lived, and who is there.

    coach, host     the roles of those whom the diary names, and of those at the desk
    organisation    where both are employed
    desk            who is at the desk; the last one at the door
    partners        others who take from a line of their own: name, role, organisation, stream
    accounts        whom one can be, one for each role: role, name, centre, organisation
    """

    service: str
    centre: str
    coach: str
    host: str
    organisation: str
    desk: tuple[str, ...]
    desk_streams: tuple[str, ...]
    accounts: tuple[tuple[str, str, str, str], ...]
    partners: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def diary(self) -> str:
        """The file of the day's appointments, as this service writes it."""
        return f"{self.centre}-2026-03-11-diary.csv"

    @property
    def log(self) -> str:
        """The file of those who walk in."""
        return f"{self.centre}-2026-03-11-walk-ins.csv"


CHELTENHAM = Sampled(
    service="gloucestershire",
    centre="cheltenham",
    coach="coach",
    host="host",
    organisation="jobcentre",
    desk=("Aisha Rahman", "Callum Firth", "Priya Nair"),
    desk_streams=("desk",),
    partners=(
        ("Ruth Oyelaran", "partner", "housing-body", "housing"),
        ("Gareth Lyle", "partner", "housing-body", "housing"),
        ("Nuala Keane", "partner", "advice-bureau", "advice"),
    ),
    accounts=(
        ("host", "Priya Nair", "cheltenham", "jobcentre"),
        ("coach", "Sally Jones", "cheltenham", "jobcentre"),
        ("leader", "Margaret Whitlock", "cheltenham", "jobcentre"),
        ("partner", "Ruth Oyelaran", "cheltenham", "housing-body"),
        ("partner-worker", "Leila Mansour", "cheltenham", "drugs-service"),
        ("decision-maker", "Judith Carrow", "cheltenham", "jobcentre"),
        ("service-manager", "Deborah Anstey", "cheltenham", "jobcentre"),
        ("operations", "Martin Selwyn", "cheltenham", "jobcentre"),
        ("partnerships", "Fiona Greatorex", "cheltenham", "jobcentre"),
        ("administrator", "Owen Pryce", "cheltenham", "jobcentre"),
        ("host", "Tomasz Bielak", "gloucester", "jobcentre"),
        ("leader", "Helen Ashworth", "gloucester", "jobcentre"),
    ),
)

HARBOUR_STREET = Sampled(
    service="work-centres",
    centre="harbour-street",
    coach="facilitator",
    host="welcomer",
    organisation="harbour-street-trust",
    desk=("Janet Okafor",),
    desk_streams=("session", "help"),
    partners=(("Dariusz Wilk", "mentor", "harbour-street-trust", "session"),),
    accounts=(
        ("welcomer", "Janet Okafor", "harbour-street", "harbour-street-trust"),
        ("facilitator", "Colin Marsh", "harbour-street", "harbour-street-trust"),
        ("mentor", "Dariusz Wilk", "harbour-street", "harbour-street-trust"),
        ("partner-worker", "Grace Amponsah", "harbour-street", "millfield-neighbours"),
        ("volunteer-mentor", "Winston Clarke", "harbour-street", "millfield-neighbours"),
        ("lead", "Moira Penhallow", "harbour-street", "harbour-street-trust"),
        ("administrator", "Hugh Tattersall", "harbour-street", "harbour-street-trust"),
    ),
)

TAMPERE = Sampled(
    service="tyotalo",
    centre="tampere",
    coach="omavalmentaja",
    host="aula",
    organisation="valmennus",
    desk=("Aino Lehtimäki",),
    desk_streams=("neuvonta", "tyopaja"),
    partners=(("Petri Aaltonen", "viranomainen", "viranomainen", "viranomainen"),),
    accounts=(
        ("aula", "Aino Lehtimäki", "tampere", "valmennus"),
        ("omavalmentaja", "Jussi Korpela", "tampere", "valmennus"),
        ("yritystiimi", "Marjut Salonen", "tampere", "rekrytointi"),
        ("viranomainen", "Petri Aaltonen", "tampere", "viranomainen"),
        ("kumppani", "Tuula Rantanen", "tampere", "oppilaitos"),
        ("tiiminvetaja", "Sari Hakala", "tampere", "valmennus"),
        ("paakayttaja", "Ville Nieminen", "tampere", "valmennus"),
    ),
)

VOLLSMOSE = Sampled(
    service="vollsmose",
    centre="vollsmose",
    coach="jobkonsulent",
    host="vejviser",
    organisation="jobcenter",
    desk=("Birgitte Holm",),
    desk_streams=("aaben",),
    partners=(("Samira Haddad", "mentor", "mentorer", "mentor"),),
    accounts=(
        ("vejviser", "Birgitte Holm", "vollsmose", "jobcenter"),
        ("jobkonsulent", "Mads Frandsen", "vollsmose", "jobcenter"),
        ("virksomhedskonsulent", "Anne Kirkegaard", "vollsmose", "jobcenter"),
        ("mentor", "Samira Haddad", "vollsmose", "mentorer"),
        ("partner", "Jens Toft", "vollsmose", "boligsocialt"),
        ("frivillig", "Kirsten Bach", "vollsmose", "mentorer"),
        ("raadgiver", "Poul Henriksen", "vollsmose", "jobcenter"),
        ("teamleder", "Lone Vestergaard", "vollsmose", "jobcenter"),
        ("administrator", "Rune Dalsgaard", "vollsmose", "jobcenter"),
    ),
)

GENT = Sampled(
    service="jobteam-gent",
    centre="centrum",
    coach="jobcoach",
    host="onthaal",
    organisation="stad",
    desk=("Lies Vermeulen",),
    desk_streams=("inloop",),
    partners=(
        ("Femke Goossens", "specialist", "wonen", "wonen"),
        ("Koen Baert", "specialist", "welzijnswerk", "geld"),
    ),
    accounts=(
        ("onthaal", "Lies Vermeulen", "centrum", "stad"),
        ("jobcoach", "Youssef Amrani", "centrum", "opleiding"),
        ("outreacher", "Tine De Smet", "centrum", "jeugdwerk"),
        ("specialist", "Koen Baert", "centrum", "welzijnswerk"),
        ("partnermedewerker", "Marijke Claus", "centrum", "geestelijke-gezondheid"),
        ("teamleider", "Griet Claeys", "centrum", "stad"),
        ("beheerder", "Dries Maes", "centrum", "stad"),
    ),
)

SAMPLED = (CHELTENHAM, HARBOUR_STREET, TAMPERE, VOLLSMOSE, GENT)
