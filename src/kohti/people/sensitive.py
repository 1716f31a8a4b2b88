"""Words by language and kind that a shared note should rarely hold; `*` stands for any ending. See `wording`."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "health": "depression, depressive, schizophreni*, bipolar, psychosis, psychoses, psychotic, autis*, adhd,"
        " asperger*, ptsd, anorexi*, bulimi*, epilep*, cancer, tumour*, leukaemi*, diabet*, hiv, hepatitis,"
        " tuberculosis, dementia, alzheimer*, parkinson*, multiple sclerosis, fibromyalgia, arthritis, asthma*,"
        " diagnosed, diagnosis, suicid*, self-harm*, antidepressant*, chemotherapy, miscarriage*",
        "addiction": "alcoholism, alcoholic, addict, addicted, addiction*, heroin, cocaine, methadone,"
        " overdose*, overdosed, drug use, drug abuse",
        "offence": "convicted, criminal record, previous convictions, prison*, in jail, probation officer,"
        " arrested, theft, thefts, burglar*, robbery, robberies, assaulted, raped, rapist, murder*, manslaughter,"
        " fraud, sex offender*, offender*, domestic violence, on parole, shoplift*",
    },
    "fi": {
        "health": "masennu*, skitsofreni*, kaksisuuntainen mieliala*, psykoosi*, autismi*, autisti*, adhd*,"
        " asperger*, anoreksi*, bulimi*, epileps*, syöpä*, leukemi*, diabee*, hiv*, hepatiit*, tuberkuloo*,"
        " dementi*, alzheimer*, parkinson*, ms-tau*, fibromyalgi*, astma*, itsemurh*, itsetuho*,"
        " mielenterveyshäiriö*, ahdistuneisuushäiriö*, diagnoos*, kemoterapi*, solunsalpaaj*, keskenmeno*",
        "addiction": "alkoholismi*, alkoholisti*, päihderiippuv*, päihdeongelm*, huumeriippuv*, peliriippuv*,"
        " heroiini*, kokaiini*, amfetamiini*, korvaushoi*, yliannostu*",
        "offence": "tuomittu*, tuomittiin, rikosrekister*, rikollis*, vankila*, vankeus*, vankeut*,"
        " ehdonalais*, pahoinpitel*, varkau*, ryöstö*, raiskau*, raiskas*, murhas*, tappoi, petoksesta,"
        " huumausainerik*, rattijuopumu*, pidätettiin, pidätetty",
    },
    "da": {
        "health": "depression*, skizofren*, bipolar*, psykose*, psykotisk*, autis*, adhd, asperger*,"
        " anoreksi*, bulimi*, epilepsi*, kræft, kræften, kræftsyg*, brystkræft*, leukæmi*, diabet*, sukkersyge*,"
        " hiv, hepatitis, tuberkulose*, demens*, dement, alzheimer*, parkinson*, sklerose*, fibromyalgi*,"
        " astma*, selvmord*, selvskade*, ptsd, diagnos*, kemoterapi*, angstlidelse*",
        "addiction": "alkoholism*, alkoholiker*, narkoman*, stofmisbrug*, alkoholmisbrug*, heroin*, kokain*,"
        " metadon*, ludoman*, overdosis*",
        "offence": "dømt for, straffeattest*, fængsel*, fængslet, tyveri*, indbrud*, røveri*, voldtægt*,"
        " voldtaget, mord, drab, bedrageri*, anholdt, prøveløslad*, kriminel*, kriminalitet*, voldsdom*",
    },
    "nl": {
        "health": "depressie*, depressief, schizofren*, bipolair*, psychose*, psychotisch*, autis*, adhd,"
        " asperger*, anorexi*, boulimi*, epileps*, kanker*, leukemi*, diabet*, suikerziekte, hiv, hepatitis,"
        " tuberculose*, dementi*, alzheimer*, parkinson*, fibromyalgi*, astma*, zelfmoord*, zelfdoding*,"
        " suïcid*, diagnose*, gediagnosticeerd, chemotherapi*, ptss, burn-out*, burnout*, miskraam*",
        "addiction": "alcoholis*, alcoholverslav*, verslaafd*, verslaving*, heroïne*, cocaïne*, methadon*,"
        " drugsgebruik*, gokverslav*, overdosis*",
        "offence": "veroordeeld*, strafblad*, gevangenis*, diefstal*, inbraak, inbraken, overvallen, aanrand*,"
        " verkracht*, moord, vermoord*, doodslag, fraude*, gearresteerd*, crimineel, criminele, criminaliteit,"
        " mishandel*, enkelband*, justitieassistent*",
    },
    "pl": {
        "health": "depresj*, schizofreni*, dwubiegunow*, psychoz*, autyzm*, autysty*, adhd, asperger*,"
        " anoreksj*, bulimi*, padaczk*, epilepsj*, nowotwor*, nowotwór*, białaczk*, cukrzyc*, hiv, rak piersi,"
        " raka, rakiem, żółtaczk*, gruźlic*, demencj*, alzheimer*, parkinson*, stwardnienie rozsiane,"
        " fibromialgi*, astma, astmę, astmy, samobój*, samookalecz*, diagnoz*, zdiagnozowan*, chemioterapi*,"
        " ptsd, poronieni*",
        "addiction": "alkoholik*, alkoholizm*, narkoman*, narkotyk*, heroin*, kokain*, metadon*,"
        " uzależnieni*, przedawkowa*",
        "offence": "skazan*, karany, karana, karalnoś*, więzieni*, areszt*, kradzież*, włamani*, rozbój,"
        " rozboju, gwałt, gwałtu, zgwałc*, morderst*, zabójst*, oszustw*, zakład karny, zakładzie karnym,"
        " przestępc*, przestępst*, pobicie, pobiciem",
    },
}
