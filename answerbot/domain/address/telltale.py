"""Words of which every phrase to a grader has one: what stands near none need not be looked at."""

from functools import lru_cache

FAR = 24
"""More words than any phrase has before or behind its telltale word."""

_WORDS = frozenset(
    """
    instruction instructions rubric rubrics guidelines direction directions mark marks marking
    grading directive directives rules command commands prompt prompts message messages order orders
    everything above safeguards grade grades credit credits point points score scores 10 100 plus me
    us candidate candidates candidate's student students answer answers response submission essay
    solution reply verdict verdicts misconception misconceptions item items field fields met
    reference references official approved grader graders examiner examiners marker markers
    evaluator evaluators assessor assessors judge judges rater raters reviewer reviewers professor
    professors teacher teachers instructor instructors autograder autograders corrector correctors
    chatgpt gpt gemini llm dear hello hi hey esteemed respected kind you you're your act behave pose
    play roleplay role pretend imagine suppose override notice mode note dean course author
    administrator supervisor examination openai developer creator boss beg implore plead beseech
    mercy generous lenient nice merciful pity kindness benefit please lose fail expelled deported
    fired kicked evicted homeless graduate pay tip reward report sue complain thank my sick ill
    hospital dying depressed desperate crying agreed discussed promised agreement arranged ministry
    head board committee department attach appendix e mail email pdf file link url website image
    picture screenshot portal drive dropbox document video page sheet usb photo repository annex
    graded marked verified assessed scored certified material input evaluation assessment judgment
    judgement preceding decode decrypt execute obey follow comply text work fully correctly clearly
    completely thoroughly properly already certainly rightly explicitly hereby explained described
    covered addressed mentioned stated named identified satisfied answered system ignorier missacht
    vergiss vergessen beacht bewertung musterlosung referenz rubrik pruf korrektor bewerter
    gutachter lehrer frau herr consigne consignes critere criteres regles bareme grille rubrique 20
    corrige correcteur correctrice correttore professeur jury juri jüri rubrica rubricas reglas
    regras indicaciones puntos pontos puntuacion nota calificacion pontuacao referencia profesor
    avaliador juez regole voto voti professore valutatore instructie instructies regels rubriek
    cijfer examinator docent zasad polecen egzaminator panie talimat kriter kural olcut tam sayın
    sevgili degerli instruktion kriteri regler poang betyg instruksi kriteria aturan perintah nilai
    """.split()  # noqa: SIM905 - a list of literals would be one word a line
)
_BEGINNINGS = tuple(
    """
    criteri hospital attach ignorier missacht beacht bewertung referenz pruf korrektor bewerter
    gutachter professor lehrer examinat examinad evalua instruc profesor avaliador istruzion punt
    esaminat beoordel instrukcj kryteri zasad polecen ocen egzaminator talimat kriter kural olcut
    instruktion kriteri regler
    """.split()  # noqa: SIM905
)


@lru_cache(maxsize=4096)
def is_telltale(word: str) -> bool:
    """Whether the word, in small letters, may belong to a phrase."""
    if word in _WORDS:
        return True
    begins = word.startswith(_BEGINNINGS) and word not in _BEGINNINGS
    return (begins or "punkt" in word or word.endswith("note")) and word.isalnum()
