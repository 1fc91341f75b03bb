"""Frames and verdicts that are forged: told by their marks. So are languages without spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from answerbot.domain.address.reading import Visible
from answerbot.domain.sentences import Span


class _Mark(NamedTuple):
    needs: tuple[tuple[str, ...], ...]
    """Each of these has something that stands in every text with the mark: seen at a glance."""
    source: str


_SPEAKERS = (
    "system", "assistant", "developer", "admin", "grader", "judge", "examiner", "tool", "user"
)  # fmt: skip
_FRAMES = tuple("=-#*~_<>+`")
_MARKS = (
    _Mark(
        (("criteri",),),
        r"criteri(?:on|a)[ \t]+[\"'`*]{0,3}[\w-]{1,60}[\"'`*]{0,3}[ \t]*(?:[:=–—-]{1,2}|->|→)[ "
        r"\t]*(?:is )?"
        r"[\"'`*]{0,3}(?:met|full|satisf|fulfil|yes|true|pass)",
    ),
    _Mark(
        (("criteri",),),
        r"\bcriteri(?:on|a)[ \t]+[\"'`*]{0,3}[a-z]{1,30}(?:-[a-z]{1,30}){1,6}[\"'`*]{0,3}[ "
        r"\t]+(?:is|are|has been)"
        r"[ \t](?:\w+[ \t])?(?:met|satisf|fulfil)",
    ),
    _Mark(
        ((":", "="), ("met", "level_")),
        r"\b[\w-]{1,60}[\"'`*]{0,3}[ \t]*[:=][ \t]*[\"'`*]{0,3}(?:met|not_met|level_[123])\b(?![ "
        r"\t]+\w)",
    ),
    _Mark(
        (("verdict",),),
        r"\bverdicts?[\"'`*]{0,3}[ \t]*(?:[:=]|->|→)",
    ),
    _Mark(
        (('"', "'"), (":",)),
        r"[\"'](?:criteria|verdicts?|misconceptions?|met|quotes)[\"'][ \t]*:"
        r"|[\"'](?:score|grade|points)[\"'][ \t]*:[ \t]*[\"']?(?:\d{1,3}\b(?!\.)|full|max|pass)",
    ),
    _Mark(
        (("10", "20"), ("/",)),
        r"\b(?:give|award|grade|score|mark|assign|deserves?|rate|merits?|worth)\b[^.\n]{0,60}"
        r"\b(10|20|100)[ \t]?/[ \t]?\1\b",
    ),
    _Mark(
        ((":", "="), ("score", "grade", "mark", "points", "result", "rating", "total")),
        r"^[^\w\n]{0,9}(?:(?:final|total|overall|official)[ \t]+)?(?:score|grade|marks?|points|"
        r"result|rating|total)"
        r"[*_]{0,3}[ \t]*[:=][*_ \t]{0,5}(?:\d+[ \t]*(?:/[ \t]*\d|of[ \t]+\d|out of|points\b|%"
        r"[^\w\n]{0,9}$)|(?:full|max|maximum|perfect)[ \t]+(?:marks?|points?|credits?|score)\b"
        r"|(?:full|max|maximum|a\+|passed|pass|perfect|excellent|met)[^\w\n]{0,9}$)",
    ),
    _Mark(
        (("<",), (">",)),
        r"</?(?:verdicts?|scores?|grades?|criteri\w{1,4}|rubric|grading|evaluation|system|"
        r"assistant|instructions?|"
        r"grader|admin|prompt|answer|student_answer|submission|judge|untrusted)\b[^>\n]{0,80}>",
    ),
    _Mark(
        ((":", ">", "]"), _SPEAKERS),
        r"^[^\w\n]{0,9}(?:system|assistant|developer|admin|grader|judge|examiner|tool|"
        r"user)\b[^:\n]{0,30}[:>\]]"
        r"(?=[^\n]{0,300}\b(?:grad(?:e|ed|ing|er)\b|rubrics?\b|criteri(?:on|a)\b|verdicts?\b|"
        r"overrid|instructions\b|(?:full|all|max|maximum)[ \t](?:marks?|points?|credits?)\b|"
        r"(?:this|the)[ \t](?:candidate|student|submission)\b(?![ \t](?:state|activation|hidden|"
        r"cell|memory|vector|value|network|model))|this[ \t]answer\b|mark[ \t](?:it|this|every|"
        r"all)\b))",
    ),
    _Mark(
        (("<", "["),),
        r"<\|[^|\n]{1,40}\|>|\[/?INST\]|<<[ \t]?/?SYS[ \t]?>>|\[(?:system|admin|grader|developer|"
        r"assistant|judge)"
        r"[^\]\n]{0,40}\]",
    ),
    _Mark(
        (("#",),),
        r"^[ \t]{0,9}#{1,6}[ \t]*(?:new |updated |system |grading |hidden )?(?:"
        r"(?:system|assistant|instructions?)(?:[ \t]+(?:prompt|message|note|override|"
        r"instructions?|for|to)\b[^\n]{0,60})?[ \t:]*$|"
        r"(?:grader|grading|rubric|verdicts?|judge|override)\b[^\n]{0,60}$)",
    ),
    _Mark(
        (_FRAMES,),
        r"^[ \t>]{0,9}[=\-#*~_<>+]{3,80}[ \t]*[0-9a-f]{6,64}[ \t]*[=\-#*~_<>+]{3,80}[ \t]*$",
    ),
    _Mark(
        (_FRAMES, ("end", "begin", "start", "stop", "fin")),
        r"^[ \t>]{0,9}[=\-~<>+`]{3,80}[ \t]*(?:end|begin|start|stop|fin|ende)\b(?!-)[^\n]{0,60}$",
    ),
    _Mark(
        (("#", "*"), ("begin", "end", "start", "stop")),
        r"^[ \t>]{0,9}[#*]{1,80}[ \t]*(?:end|begin|start|stop)[ \t]of[ \t](?:the[ \t])?(?:answer|"
        r"submission|prompt|material|student)\b[^\n]{0,60}$",
    ),
)
_FAR_MARKS = (
    r"(?:игнорир\w{1,8}|не обращай\w{0,3} внимания|забудь\w{0,2})[^.\n]{0,40}(?:инструкци|"
    r"критери|рубрик|указани)|"
    r"(?:постав|ставь|дай|выстав|присво|заслужива|прошу)\w{0,5}[^.\n]{0,60}(?:максимальн\w{1,4} "
    r"(?:балл|оценк)|все баллы|зач[её]т\b|отлично)|полн\w{1,4} балл|высш\w{1,4} балл|"
    r"уважаем\w{1,4} (?:экзаменатор|"
    r"преподавател|проверяющ|профессор)|(?:все|каждый) критери\w{1,3} (?:(?:оценки|рубрики|были|"
    r"полностью) )?(?:выполнен|удовлетвор)|"
    r"отвечает всем критериям|соответствует всем критериям",
    r"(?:忽略|无视|無視|忽視)[^。，；！？\n]{0,12}(?:指令|指示|标准(?!差|化)|標準(?!差|化)|评分|評分|要求)|"
    r"满分|滿分|所有评分标准|(?:满足|符合|滿足|达到)(?:了)?所有标准|尊敬的|评分(?:员|者|老师)|阅卷|给我(?:满|高)|"
    r"请给(?:我|本|这|此)|评分标准|参考答案(?:说|指出|一致|相同)",
    r"満点|採点(?:者|官|基準)|すべての(?:基準|指示)|全ての(?:基準|指示)|模範解答|"
    r"(?:指示|命令|基準|採点)[^。\n]{0,8}無視",
    r"만점|채점|(?:지시|명령|기준|지침)[^.\n]{0,12}무시|모든 (?:기준|지시)|모범 ?답안",
    r"تجاهل\w{0,3}[^.\n]{0,30}(?:تعليمات|معايير|أوامر|توجيهات)|الدرجة الكاملة|العلامة الكاملة|"
    r"الدرجات الكاملة|كامل الدرجات|جميع المعايير|كل "
    r"المعايير|عزيزي المصحح|"
    r"أيها المصحح|المصحح|معايير التقييم",
    r"התעלמ?ו?ם?[^.\n]{0,30}(?:הוראות|הנחיות|קריטריונים|מחוון)|ציון מלא|מלוא הנקודות|"
    r"כל הקריטריונים|בודק יקר|הבוחן|ניקוד מלא|ציון מקסימלי",
    r"(?:निर्देश|मानदंड|मापदंड)[^।\n]{0,40}(?:अनदेखा|नज़रअंदाज़)|पूरे अंक|पूर्ण अंक|सभी मानदंड|परीक्षक",
    r"αγν[οό]ησ\w{1,3}[^.\n]{0,30}(?:οδηγ|κριτήρ|εντολ)|πλήρ\w{1,3} βαθμολογ|όλα τα κριτήρια|"
    r"βαθμολογητ",
    r"ігнору\w{1,6}[^.\n]{0,40}(?:інструкц|критер|вказівк)|"
    r"(?:постав|дай|вистав)\w{0,4}[^.\n]{0,60}максимальн\w{1,4} бал|"
    r"bỏ qua[^.\n]{0,30}(?:hướng dẫn|chỉ dẫn|tiêu chí|chỉ thị)|điểm tối đa|"
    r"ละเว้น[^.\n]{0,20}(?:คำสั่ง|เกณฑ์|คำแนะนำ)|คะแนนเต็ม",
)


def marks_in(visible: Visible) -> Iterator[Span]:
    """Where every mark stands in the text."""
    for source in _possible(visible.text):
        for match in _compiled(source).finditer(visible.text):
            yield visible.origin(match.start(), match.end())


def _possible(text: str) -> list[str]:
    """The sources of those that the text may have."""
    folded = text.lower() if text.isascii() else text.translate(_DOTTED).casefold()
    sources = [mark.source for mark in _MARKS if _has(folded, mark.needs)]
    if not text.isascii() and any(_is_far(character) for character in set(text)):
        sources += _FAR_MARKS
    return sources


def _has(folded: str, needs: tuple[tuple[str, ...], ...]) -> bool:
    for needed in needs:
        for one in needed:
            if one in folded:
                break
        else:
            return False
    return True


def _is_far(character: str) -> bool:
    """Whether it is no letter of a script that `phrases` reads."""
    return "\u0370" <= character <= "\u1eff" or "\u3040" <= character <= "\ud7ff"


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE | re.MULTILINE)


_DOTTED = str.maketrans("İı", "ii")  # as patterns that ignore case have it
