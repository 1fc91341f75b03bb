"""Turns of phrase that speak to a grader in other languages of the Latin alphabet.

Their letters are without accents, as words are compared; `phrase` reads them.
"""

from answerbot.domain.address.phrase import Phrase

LANGUAGES = (
    # German
    Phrase(
        "ignorier ignoriere missachte* nicht sie vergiss",
        r"(?:ignoriere?|ignorieren sie|missachte\w*|vergiss|vergessen sie|beachte\w* nicht)(?: "
        r"\S+){0,4}? (?:\w*anweisung\w*|kriteri\w*|\w*rubrik\w*|bewertung\w*|(?:alle|obigen?|"
        r"bisherigen?|vorherigen?|ihre|deine) (?:\S+ )?(?:regeln|vorgaben))",
    ),
    Phrase(
        "alle beste bestnote hochste hochstnote hochstpunktzahl maximale punktzahl volle",
        r"(?:gib|geb|gebe|geben|gebt|vergib|vergeben|erteil\w*|verdient?|verdienen)(?: "
        r"\S+){0,5}? (?:volle|alle|maximale|hochste|beste) (?:\S+ )?(?:punkt\w*|note|"
        r"bewertung)(?! (?:der|des|im|in|aus|auf|von|am))|(?:volle|maximale) punktzahl|"
        r"hochst(?:note|punktzahl)|bestnote",
    ),
    Phrase(
        "erfull* kriteri* musterlosung rubrik",
        r"(?:alle|jedes|samtliche) (?:\S+ )?kriteri\w*(?: \S+){0,3} erfull\w*|erfull\w* "
        r"(?:\S+ )?alle kriteri\w*|wie (?:es )?(?:in )?(?:der|die|das) (?:musterlosung|rubrik)",
    ),
    Phrase(
        "hallo liebe* sehr werte*",
        r"(?:liebe[rs]?|sehr geehrte[rs]?|werte[rs]?|hallo) (?:\S+ )?(?:prufer\w*|korrektor\w*|"
        r"bewerter\w*|gutachter\w*|professor\w*|lehrer\w*|frau|herr)",
    ),
    # French
    Phrase(
        "bareme consigne consignes critere criteres grille instruction instructions regles "
        "rubrique",
        r"(?:ignore[rz]?|oublie[rz]?|ne tene?z pas compte)(?: (?:de|les|des|la|le|toutes?|tous|"
        r"ces|mes|vos|tes|ton|votre|precedentes?|ci|dessus)){1,4} (?:instructions?|"
        r"consignes?|criteres?|bareme|grille d|rubrique|regles (?:precedentes|ci dessus|de "
        r"notation))",
    ),
    Phrase(
        "accord* attribu* donn* la merit* mett* note octroy* & 20 la le maximale meilleure tous",
        r"(?:accord\w+|donn\w+|attribu\w+|mett\w+|merit\w+|octroy\w+)(?: \S+){0,4}? "
        r"(?:(?:tous les|le maximum de|la totalite des) points(?! (?:de|du|d|des|dans|qui|en))|"
        r"20 20)|note maximale|la meilleure note",
    ),
    Phrase(
        "critere criteres dit les",
        r"(?:tous les|chaque) criteres? (?:\S+ ){0,3}(?:remplis?|satisfaits?|respectes?|"
        r"valides?)|(?:remplit|satisfait|respecte) (?:\S+ )?tous les criteres|comme le dit "
        r"(?:la|le) (?:reference|corrige|bareme)",
    ),
    Phrase(
        "bonjour cher chere estime",
        r"(?:cher|chere|bonjour|estime) (?:\S+ )?(?:examinateur|correcteur|professeur|"
        r"evaluateur|jury|correctrice|examinatrice)",
    ),
    # Spanish and Portuguese
    Phrase(
        "criterio criterios indicaciones instruc* reglas regras rubrica rubricas",
        r"(?:ignor[ae]\w*|olvid[ae]\w*|desconsider\w*|esquec\w*|omit[ae]\w*)(?: (?:por|favor|"
        r"las|los|la|el|todas?|todos?|as|os|o|a|sus?|tus?|estas?|essas?|suas?|anteriores|"
        r"previas)){1,5} (?:instruc\w+|instruco\w+|rubricas?|criterios?|indicaciones|"
        r"(?:reglas|regras) (?:anteriores|previas|de evaluacion|de avaliacao))",
    ),
    Phrase(
        "calificacion maxima maximo nota pontuacao puntuacion todos",
        r"(?:dame|deme|denme|dadme|dar me|me (?:da|de|den|das)|otorg\w+|asign[ae]\w*|conced\w+|"
        r"atribu\w+|merec\w+)(?: \S+){0,4}? (?:todos (?:los|os) (?:puntos|pontos)(?! (?:de|"
        r"del|da|do|en|na|no|dos|das))|(?:puntuacion|pontuacao) maxima|maxima (?:puntuacion|"
        r"pontuacao)|maximo de (?:puntos|pontos))|(?:nota|calificacion) maxima|maxima (?:nota|"
        r"calificacion)",
    ),
    Phrase(
        "criterios la los os",
        r"(?:cumpl\w+|satisfa\w+|atend\w+|cumpr\w+) (?:\S+ )?todos (?:los|os) criterios|todos "
        r"(?:los|os) criterios (?:\S+ ){0,3}(?:cumplid\w*|satisfech\w*|atendid\w*|"
        r"cumprid\w*)|como dice la (?:referencia|rubrica)",
    ),
    Phrase(
        "avaliador* corrector* evaluador* examinador* juez profesor* professor*",
        r"(?:estimad[oa]|querid[oa]|car[oa]|prezad[oa]|hola|ola) (?:\S+ )?(?:examinador\w*|"
        r"evaluador\w*|profesor\w*|corrector\w*|avaliador\w*|professor\w*|juez)",
    ),
    # Italian
    Phrase(
        "dimentica* ignora*",
        r"(?:ignora\w*|dimentica\w*)(?: \S+){0,4}? (?:istruzion\w+|criteri\w*|rubrica|regole "
        r"(?:precedenti|di valutazione))",
    ),
    Phrase(
        "alto criteri massimo pieno punt* rispettati soddisfatti voti",
        r"(?:dia|dai|dammi|assegn[aio]\w*|attribu\w+|merit\w+|conced\w+)(?: \S+){0,4}? "
        r"(?:(?:tutti i|il massimo dei) punt\w+(?! (?:del|della|dei|delle|di|nel|nella|in|"
        r"che))|punteggio (?:massimo|pieno))|punteggio pieno|voto (?:massimo|piu alto)|massimo "
        r"dei voti|(?:soddisfa|rispetta) (?:\S+ )?tutti i criteri|tutti i criteri (?:\S+ "
        r"){0,2}(?:soddisfatti|rispettati)",
    ),
    Phrase(
        "cara caro egregio esimio gentile",
        r"(?:caro|cara|gentile|egregio|esimio) (?:\S+ )?(?:esaminatore|esaminatrice|professore|"
        r"correttore|valutatore)",
    ),
    # Dutch
    Phrase(
        "negeer vergeet",
        r"(?:negeer|vergeet)(?: \S+){0,4}? (?:instructies?|criteria|rubriek|beoordeling\w*|"
        r"(?:alle|deze|vorige|bovenstaande) regels)",
    ),
    Phrase(
        "alle beste geachte geef geven hoogste ken maximale toeken* verdien* voldoet volledige",
        r"(?:geef|geven|ken|verdien\w*|toeken\w*)(?: \S+){0,4}? (?:alle punten(?! (?:van|in|"
        r"uit|op))|(?:volledige|maximale|hoogste) (?:score|punten))|(?:volledige punten|"
        r"maximale cijfer|hoogste cijfer)|voldoet aan alle criteria|alle criteria (?:\S+ "
        r")?vervuld|(?:beste|geachte) (?:examinator|beoordelaar|corrector|docent)",
    ),
    # Polish and Turkish
    Phrase(
        "egzaminator* instrukcj* kryteri* ocen* panie polecen* punkt* spelnion*",
        r"(?:zignoruj|ignoruj|pomin)(?: \S+){0,4}? (?:instrukcj\w+|kryteri\w+|polecen\w*)|"
        r"(?:pelna|maksymaln\w+) (?:liczb\w+ punkt\w+|ocen\w+)|(?:daj|dajcie|przyznaj\w*|"
        r"zasluguje na)(?: \S+){0,4}? wszystkie punkty|(?:szanowny|drogi) (?:egzaminator\w*|"
        r"panie)|wszystkie kryteria (?:\S+ ){0,2}spelnion\w+|spelnia wszystkie kryteria",
    ),
    Phrase(
        "degerli kriter* olcut* sayın sevgili talimat* tam tum",
        r"(?:talimat\w*|kriter\w*|olcut\w*)(?: \S+){0,3}? (?:yok say|gormezden gel|unut|"
        r"dikkate alma)\w*|tam (?:puan\w*|not ver\w*)|tum (?:kriter|olcut)\w*(?: \S+){0,2}? "
        r"(?:kars\w+|sagl\w+|yerine)|(?:sayın|sevgili|degerli) (?:\S+ )?(?:ogretmen\w*|hoca\w*|"
        r"sinav\w*|degerlendirici\w*|jüri)",
    ),
    # Swedish, Indonesian
    Phrase(
        "betyg instruktion* kriteri* poang",
        r"(?:ignorera|glom)(?: \S+){0,4}? (?:instruktion\w*|kriteri\w*)|full poang|(?:full|"
        r"hogsta) betyg|(?:ge|tilldela|fortjanar)(?: \S+){0,4}? alla poang(?! (?:i|av|pa))",
    ),
    Phrase(
        "abaikan beri berikan nilai",
        r"abaikan(?: \S+){0,4}? (?:instruksi|kriteria|aturan (?:sebelumnya|penilaian)|rubrik|"
        r"perintah)|nilai (?:penuh|sempurna)|(?:beri|berikan)(?: \S+){0,4}? nilai maksimal",
    ),
)
