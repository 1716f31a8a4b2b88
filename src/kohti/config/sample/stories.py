"""People of the sample whose way has begun: what they want, what was done, where it is stuck. All of it invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Todo:
    """A step: what, who does it, in how many days after 11 March it is due; stuck or done, and why."""

    words: str
    due: int | None
    who: str = "person"
    state: str = "doing"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """A contact so many days before 11 March."""

    ago: int
    text: str
    channel: str = "here"
    came: bool = True


@dataclass(frozen=True, slots=True)
class Story:
    """One person's way until 11 March 2026; `name` as in the diary file."""

    name: str
    ago: int
    why: str
    stage: str
    aim: str
    steps: tuple[Todo, ...]
    met: tuple[Met, ...]
    outcome: tuple[str, int, str] | None = None
    needs: tuple[tuple[str, int, int], ...] = ()


STORIES: dict[str, tuple[Story, ...]] = {
    "gloucestershire": (
        Story(
            "Abigail Harris", 56, "Lost her job when the laundry closed.", "barriers",
            "A few hours a week close to home",
            (
                Todo("Ask the doctor about the fit note", -12, state="done"),
                Todo("Visit the library job club with her support worker", 6),
                Todo("Ring the council about the bus pass", 2, who="coach"),
            ),
            (
                Met(55, "She came with her support worker. What tires her most are mornings."),
                Met(21, "The fit note is here. She would like to see the library first.", "phone"),
                Met(7, "Told me about the garden she keeps for her neighbour. Proud of it."),
            ),
            needs=(("travel", 2, 1), ("work", 2, 3)),
        ),
        Story(
            "Stuart Griffiths", 49, "Deaf since birth; worked in a warehouse for nine years.", "looking",
            "Warehouse work with an early shift",
            (
                Todo("Send the application to the parcel hub", 1),
                Todo("Find a BSL interpreter for the interview", 4, who="coach", state="stuck",
                     why="Nobody is free before the 19th. Somebody who knows another agency."),
            ),
            (
                Met(48, "Met with an interpreter. Knows exactly what he wants."),
                Met(13, "Two interviews to come. The first has no interpreter yet."),
            ),
            needs=(("work", 3, 3),),
        ),
        Story(
            "Conor Smith", 40, "Left school at fifteen, looking for a trade.", "getting-ready",
            "An apprenticeship with bricks or wood",
            (Todo("Take the maths test at the college", -2, state="done"),),
            (Met(39, "Likes to work with his hands, hates forms."), Met(9, "Passed the maths test!", "phone")),
            needs=(("work", 3, 2), ("online", 3, 3)),
        ),
        Story(
            "Julian Summers", 62, "Came back from two years of caring for his father.", "in-work",
            "Work with people again",
            (Todo("Tell us how the second month goes", 20),),
            (Met(60, "Wants to stay in care work, but paid."), Met(12, "Started on Monday. Tired and glad.", "phone")),
            outcome=("job", 16, "Care assistant, 24 hours a week"),
        ),
    ),
    "work-centres": (
        Story(
            "Marlon Achebe", 42, "Heard of us inside, came out in January.", "working",
            "Sell his own chess sets",
            (Todo("Photograph the third set", 1), Todo("Ask the market about a stall", 5, who="coach")),
            (Met(41, "Carves beautifully. Wants to earn with it, slowly."), Met(1, "The third set is nearly done.")),
            needs=(("work", 3, 3), ("skills", 3, 4)),
        ),
        Story(
            "Nasreen Malik", 35, "Sews, and has never sold anything.", "working",
            "Ten cushions sold before summer",
            (
                Todo("Put the first two online", 0, state="stuck",
                     why="The shop's form wants a bank account in her own name. Somebody who goes to the bank with her."),
            ),
            (Met(34, "Showed her cushions to the group. Everybody wanted one."), Met(1, "The online shop is difficult.")),
        ),
        Story(
            "Ewa Kubiak", 30, "Wants to work with plants.", "joining", "A bed of her own in the community garden",
            (Todo("Draw the bed", -4, state="done"),),
            (Met(29, "Speaks little English, understands a lot."), Met(3, "The drawing is lovely.")),
        ),
    ),
    "tyotalo": (
        Story(
            "Oskari Väliaho", 60, "Ollut työttömänä kaksi vuotta, entinen levyseppä.", "valmennuksessa",
            "Metallialan työtä, jossa selkä kestää",
            (
                Todo("Käydä työterveystarkastuksessa", -10, state="done"),
                Todo("Tutustua hitsaamon koneisiin", 7),
                Todo("Kysyä yritystiimiltä Nokian pajoista", 3, who="coach"),
            ),
            (
                Met(59, "Hiljainen mies, tietää teräksestä kaiken."),
                Met(22, "Selkä kestää neljä tuntia kerrallaan.", "phone"),
                Met(8, "Innostui, kun puhuttiin laserleikkurista."),
            ),
            needs=(("ammatillinen-osaaminen", 3, 4), ("tyonhaun-tavoitteet", 2, 3)),
        ),
        Story(
            "Anneli Törmänen", 62, "Toimistotyö loppui, kun yritys muutti pois.", "tyonhaussa",
            "Osa-aikainen toimistotyö",
            (
                Todo("Päivittää ansioluettelo", -3, state="done"),
                Todo("Hakea kirjaston paikkaa", 4, state="stuck", why="Hakemus vaatii järjestelmän, jota hän ei tunne."),
            ),
            (Met(60, "Tarkka ja tunnollinen."), Met(6, "Kirjaston paikka olisi juuri oikea.")),
            needs=(("tyoelamavalmiudet", 4, 4),),
        ),
        Story(
            "Riikka Ojala", 45, "Palaa töihin pitkän sairauden jälkeen.", "valmennuksessa", "Työkokeilu kukkakaupassa",
            (Todo("Kokeilla kolmea aamua kirjastossa", -1, state="done"),),
            (Met(44, "Haluaa edetä hitaasti."), Met(5, "Kolme aamua sujui hyvin.")),
        ),
        Story(
            "Henrik Öhman", 62, "Kokki, ravintola suljettiin.", "kokeilu", "Vakituinen paikka keittiössä",
            (Todo("Kertoa, miten toinen kuukausi sujuu", 16),),
            (Met(60, "Osaa kaiken, mitä keittiössä tarvitaan."), Met(10, "Paikka jatkuu kesään asti.", "workplace")),
            outcome=("tyo", 12, "Kokki koulukeittiössä"),
        ),
    ),
    "vollsmose": (
        Story(
            "Ahmad Karimi", 62, "Har været i Danmark i seks år og vil køre bus.", "jobparat", "Blive buschauffør",
            (Todo("Øve teoriprøven med mentoren", 5), Todo("Ringe til køreskolen", 1, who="coach")),
            (Met(60, "Han kender alle ruter i byen."), Met(6, "Teoriprøven er den 24. marts.")),
            needs=(("dansk", 3, 3), ("arbejde", 3, 2)),
        ),
        Story(
            "Thanh Nguyen", 50, "Syr og vil gerne ud blandt andre.", "aktivitetsparat", "En praktik i et systue",
            (
                Todo("Besøge systuen i Bazaren", -2, state="stuck",
                     why="Tør ikke gå alene. En, der går med den første dag."),
            ),
            (Met(49, "Viste mig en kjole, hun har syet."), Met(6, "Vil gerne, men ikke alene.", "phone")),
        ),
        Story(
            "Mariam El-Sayed", 62, "Uddannet lærer i Aleppo.", "praktik", "Arbejde på en skole",
            (Todo("Fortælle, hvordan praktikken går", 9),),
            (Met(60, "Taler dansk bedre, end hun selv tror."), Met(4, "Praktikken på skolen går godt.", "workplace")),
            outcome=("praktik", 20, "Fire uger som støttelærer"),
        ),
    ),
    "jobteam-gent": (
        Story(
            "Brahim Ouali", 62, "Stopte met school, kent iedereen in de wijk.", "coaching",
            "Werk in de sporthal",
            (Todo("Cursus redder beginnen", 6), Todo("De sporthal bellen", 2, who="coach")),
            (Met(60, "Ontmoet op het pleintje. Lacht veel.", "elsewhere"), Met(5, "Wil de cursus redder doen.")),
            needs=(("werk", 2, 3), ("netwerk", 4, 4)),
        ),
        Story(
            "Samira Haddou", 38, "Woont bij haar tante, zoekt een eigen plek.", "coaching", "Een eigen kamer en een winkel",
            (
                Todo("De papieren voor de huurwaarborg zoeken", -1, state="stuck",
                     why="Het OCMW vraagt een attest dat ze niet kent. Iemand die meegaat."),
            ),
            (Met(37, "Wil eerst wonen, dan werken."), Met(4, "De brief van het OCMW is moeilijk.", "home")),
        ),
        Story(
            "Ibrahim Sesay", 62, "Werkte als lasser in Freetown.", "op-het-werk", "Vast werk als lasser",
            (Todo("Vertellen hoe het gaat met de ploeg", 12),),
            (Met(60, "Kan alles lassen."), Met(6, "De ploegbaas is tevreden.", "workplace")),
            outcome=("werk", 30, "Lasser, contract van een jaar"),
        ),
    ),
}  # fmt: skip
