"""Which column of a diary file means what, in the languages its makers write."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kohti.kernel import sheets

# Folded and without spaces, the most telling first: English, then Finnish, Danish, Dutch, Polish.
_NAMES = {
    "reference": (
        "ref reference referenceno referencenumber bookingref bookingreference appointmentref "
        "appointmentid id viite viitenumero varausnumero varaustunnus tunnus referencenummer aftalenummer "
        "aftalenr bookingnummer referencenr referentie referentienummer afspraaknummer kenmerk numer "
        "numerreferencyjny numerwizyty nrref nrwizyty"
    ),
    "date": "date appointmentdate day paivamaara pvm paiva dato datum data datawizyty dzien",
    "starts": (
        "start starttime starts begins from time at alkaa alkamisaika aloitusaika kellonaika klo kello "
        "aika starttid starter begynder tidspunkt klokkeslaet kl tid begintijd starttijd aanvangstijd "
        "begin aanvang uur tijd godzina godzinarozpoczecia poczatek rozpoczecie od"
    ),
    "minutes": (
        "minutes mins min length lengthminutes duration durationminutes minuutit minuuttia kesto kestomin "
        "kestominuutteina minutter varighed varighedminutter minuten duur duurminuten duurinminuten "
        "minuty czastrwania dlugosc"
    ),
    "customer": (
        "customer customername client clientname participant participantname claimant fullname name "
        "person asiakas asiakkaannimi osallistuja nimi borger borgernavn kunde deltager navn klant "
        "klantnaam deelnemer naam klient imieinazwisko nazwiskoiimie uczestnik osoba"
    ),
    "date_of_birth": (
        "dob dateofbirth birthdate birthday born syntymaaika syntymapaiva syntaika syntynyt fodselsdato "
        "foedselsdato fodselsdag fodt geboortedatum geboren dataurodzenia urodzony ur"
    ),
    "phone": (
        "phone phonenumber mobile mobilenumber mobilephone telephone telephonenumber tel puhelin "
        "puhelinnumero matkapuhelin puh gsm telefon telefonnummer mobil mobilnummer tlf telefoon "
        "telefoonnummer mobiel numertelefonu nrtelefonu komorka"
    ),
    "email": (
        "email emailaddress mail sahkoposti sahkopostiosoite spostiosoite sposti mailadresse emailadresse "
        "emailadres mailadres adresemail poczta"
    ),
    "staff": (
        "with staff staffmember coach workcoach jobcoach adviser advisor officer worker virkailija "
        "tyontekija valmentaja tyovalmentaja asiantuntija ohjaaja kenenkanssa kenenluona medarbejder "
        "sagsbehandler konsulent jobkonsulent vejleder med medewerker consulent begeleider bemiddelaar "
        "trajectbegeleider met doradca pracownik prowadzacy zkim"
    ),
    "kind": (
        "type kind appointmenttype purpose reason tyyppi laji tapaamisentyyppi aihe aftaletype art formal "
        "soort soortafspraak onderwerp doel typ typwizyty rodzaj cel"
    ),
    "note": (
        "notes note comments comment remarks remark huomautukset huomautus huomiot huom lisatiedot "
        "muistiinpanot noter bemaerkninger bemaerkning kommentar notities notitie opmerkingen opmerking "
        "uwagi notatki notatka"
    ),
}


def find_columns(header: Sequence[str]) -> dict[str, str]:
    """The header of the column for each field of a diary row that the file has.

    Raises UnreadableSheet (code missing-columns), naming those of date, start, minutes and customer that lack.
    """
    needed = {"date": _("Date"), "starts": _("Start"), "minutes": _("Minutes"), "customer": _("Customer")}
    return sheets.find_columns(header, _NAMES, needed=needed)
