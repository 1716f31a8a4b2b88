"""Which column of a caseload file means what, in the languages its makers write."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kohti.kernel import sheets

# Folded and without spaces, the most telling first: English, then Finnish, Danish, Dutch, Polish.
NAMES = {
    "reference": (
        "reference ref referenceno referencenumber personreference id viite viitenumero asiakasnumero tunnus "
        "referencenummer referencenr borgernummer referentie referentienummer kenmerk klantnummer "
        "numerreferencyjny numer nrref nrklienta"
    ),
    "name": (
        "fullname name customer customername client clientname participant participantname person claimant "
        "kokonimi nimi asiakas asiakkaannimi osallistuja navn fuldenavn borger borgernavn deltager "
        "volledigenaam naam klant klantnaam deelnemer imieinazwisko nazwiskoiimie klient uczestnik osoba"
    ),
    "born": (
        "dateofbirth dob birthdate birthday born syntymaaika syntymapaiva syntaika fodselsdato foedselsdato "
        "fodselsdag fodt geboortedatum geboren dataurodzenia urodzony ur"
    ),
    "centre": "centre center office site toimipiste keskus vestiging kantoor osrodek",
    "coach": (
        "coach workcoach jobcoach owner adviser advisor caseworker caseowner staff staffmember worker with "
        "valmentaja tyovalmentaja omavalmentaja ohjaaja tyontekija virkailija vastuuhenkilo jobkonsulent "
        "konsulent sagsbehandler medarbejder vejleder trajectbegeleider begeleider consulent medewerker "
        "doradca opiekun prowadzacy pracownik"
    ),
    "why_here": (
        "whyhere whytheyarehere reason why goal purpose background miksitaalla syy tavoite tausta hvorforher "
        "arsag formal baggrund waaromhier reden doel aanleiding dlaczegotutaj powod cel"
    ),
    "basis": (
        "legalbasis basis ground lawfulbasis oikeusperuste peruste retsgrundlag hjemmel grundlag rechtsgrond "
        "grondslag podstawaprawna podstawa"
    ),
    "stage": ("stage phase status step vaihe tila fase trin stadium trajectfase etap faza"),
    "opened_on": (
        "openedon opened open start startdate started begin began since entrydate from alkanut aloitus "
        "aloituspaiva alkaen alkoi startdato begyndt pabegyndt opstart startdatum begindatum gestartop vanaf "
        "dataotwarcia otwarto poczatek datarozpoczecia od"
    ),
    "limit_on": (
        "timelimit limit lastday enddate until end deadline maaraaika takaraja viimeinenpaiva paattyy asti "
        "tidsgraense frist slutdato sidstedag tijdslimiet uiterstedatum einddatum tot limitczasu termin "
        "ostatnidzien datazakonczenia do"
    ),
    "employment": (
        "worknow employmentstatus employment work labourstatus labourmarketstatus tyotilanne tyollisyys "
        "tyomarkkinaasema tyonyt beskaeftigelse arbejdsmarkedsstatus arbejdenu werksituatie arbeidsstatus "
        "werknu statuszatrudnienia zatrudnienie praca"
    ),
    "employment_since": (
        "sincewhen employmentsince statussince unemployedsince tyotilannealkaen tyotonalkaen mistalahtien "
        "ledigsiden sidenhvornar statussiden werkloossinds sindswanneer sinds bezrobotnyod odkiedy"
    ),
    "education": (
        "education highesteducation qualification isced highestschoolortraining koulutus koulutustaso "
        "uddannelse uddannelsesniveau opleiding opleidingsniveau wyksztalcenie edukacja"
    ),
    "household": (
        "household householdsituation howtheylive livingsituation kotitalous asuminen husstand husstandstype "
        "bolig huishouden gezinssituatie woonsituatie gospodarstwodomowe gospodarstwo sytuacjadomowa"
    ),
    "step": (
        "nextstep next action task seuraavaaskel seuraavaksi tehtava naesteskridt naeste opgave volgendestap "
        "volgende taak nastepnykrok nastepny zadanie"
    ),
    "step_on": (
        "bywhen nextstepby nextstepon nextday due dueon duedate mihinmennessa seuraavaaskelpvm erapaiva "
        "hvornar senest naestedag forfald wanneer vervaldatum volgendedag nakiedy terminkroku"
    ),
}


def find_columns(header: Sequence[str]) -> dict[str, str]:
    """The header of the column for each field of a caseload that the file has.

    Raises UnreadableSheet (code missing-columns) without a coach, and without a reference or a name with a date of
    birth.
    """
    needed = {"coach": _("Coach")}
    found = sheets.find_columns(header, NAMES, needed={})
    if "reference" not in found:
        needed = {"name": _("Name"), "born": _("Date of birth")} | needed
    return sheets.find_columns(header, NAMES, needed=needed)
