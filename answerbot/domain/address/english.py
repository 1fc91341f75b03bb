"""English turns of phrase that speak to a grader, as `phrase` reads them."""

from answerbot.domain.address.phrase import Phrase

_GRADER = (
    r"(?:grader|examiner|marker|evaluator|assessor|judge|rater|reviewer|professor|teacher|"
    r"instructor|autograder|corrector|chatgpt|gpt|gemini|llm|language model|"
    r"(?:ai|grading|automated|automatic) (?:\S+ )?(?:model|system|assistant|ai|bot|grader|judge))s?"
)
_EXAMINER = (
    r"(?:grader|examiner|marker|evaluator|assessor|rater|reviewer|professor|autograder|corrector|"
    r"chatgpt|gemini|"
    r"(?:ai|grading|automated|automatic) (?:\S+ )?(?:assistant|ai|bot|grader|judge))s?"
)
_SUBMITTED = r"(?:answer|response|submission|essay|candidate|student)"
_MINE = (
    rf"(?:me|my (?:\S+ )?(?:{_SUBMITTED}|solution|work|text)|this {_SUBMITTED}|"
    r"the (?:candidate|student|submission|essay))"
    r"(?! (?:state|activation|hidden|cell|memory|vector|value|gate|layer|network|model)s?)"
)
_CRITERIA = (
    r"(?:criteria|criterion|rubrics?|mark(?:ing)? schemes?|answer key|learning objectives|"
    r"grading (?:criteria|rules|instructions|scheme|guide|key)|rubric items?)"
)
_ELSEWHERE = (
    r"(?:in|of|on|that|which|as|from|along|between|at|inside|outside|above|below|within|where|"
    r"to (?:the (?!candidate|student|answer)|a|an|one|each|every|their|its))"
)
_ALL_POINTS = (
    r"(?:full|all|all the|maximum|max|every) (?:possible |available )?points?"
    rf"(?! {_ELSEWHERE}(?: |$))"
)
_FULL_MARKS = (
    r"(?:(?:full|maximum|max|top|perfect|highest|all|all the|100|best|passing|good) "
    r"(?:possible |available )?(?:marks?|grades?|credits?(?! for (?!this|my|it|all|every|the a)))"
    r"|full points?|(?:full|perfect|100) scores?"
    r"(?! (?:matri\w+|vectors?|functions?|distributions?|over|between|for|of))|an a plus)"
)
_ORDER = (
    r"(?:^|\. |\b(?:please|kindly|now|and|then|just|instead|therefore|so|hereby|must|should|shall|"
    r"you (?:can|may|will|are (?:\S+ )?to|have to|need to|ought to)|"
    r"(?:order|ask|beg|want|instruct|urge) you to) )"
    r"(?:(?:please|now|just|also|then|kindly|simply|always|immediately|completely) ){0,2}"
)
_AWARD = r"(?:give|award|grant|assign|allocate|accord|record|enter)"
_GIVE = (
    rf"(?:{_AWARD}|report|return|output|print|set|write|"
    r"put|choose|select|grade|mark|score|rate|count|treat|accept|regard|consider|judge|evaluate|"
    r"assess|respond|reply|answer|declare|ensure|confirm|approve|decide|label|classify|deem|emit|"
    r"make|say|fill|tick|check)"
)
_MET = (
    r"(?:met|satisfied|fulfil\w*|passed|passing|pass|correct|right|complete|full|fully|perfect|"
    r"true|"
    r"excellent|covered|achieved|granted|yes|full marks|full points|valid|ok|absent)"
)
_SAID = (
    r"(?:says?|states?|stated|requires?|demands?|demanded|puts|asks?|wants?|expects?|expected|"
    r"describes|explains|reads|suggests)"
)
_KEY = (
    r"(?:rubrics?|answer key|model answer|mark(?:ing)? scheme|sample solution|grading key|"
    r"official (?:answer|solution)|reference (?:answer|solution|key)|"
    r"grading (?:guide|criteria|instructions))"
)
_EXAM = (
    r"(?:scholarship|visa|exams?|examination|course|class|degree|grant|stipend|funding|job|flat|"
    r"home|house|semester|study place|graduation)"
)

ENGLISH = (
    # orders against the rules
    Phrase(
        "abandon bypass discard disregard do don't forget ignore neglect never override "
        "overrule pay stop suspend & abandon apply applying attention bypass check discard "
        "disregard follow following forget ignore neglect obey override overrule read suspend "
        "use using & above commands criteria directions directives grading guidelines "
        "instruction instructions message messages orders prompt prompts rubric rubrics rules "
        "safeguards said scheme schemes this you",
        rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|overrule|discard|neglect|abandon|"
        r"suspend|(?:do not|don't|never) (?:follow|use|apply|obey|read|check)|stop "
        r"(?:following|using|applying)|pay no attention to)(?: \S+){0,4}? (?:instructions?|"
        r"rubrics?|criteria|guidelines|directions|mark(?:ing)? schemes?|grading|directives|"
        r"(?:the|all|your|any|previous|these) rules(?! (?:of|for))|commands(?! line)|"
        r"(?:previous|prior|above|system|earlier|your|original|initial) (?:prompts?|messages?|"
        r"orders)|everything (?:you|i said|that was said|written above|(?:above|before "
        r"this)(?= \.|$| and))|(?:all )?(?:of )?the above(?= \.|$| and)|safeguards)(?! "
        r"(?:tokens?|positions?|part))",
    ),
    Phrase(
        "above earlier other previous prior & apply canceled cancelled invalid lifted null "
        "obsolete overridden replaced revoked superseded suspended void",
        r"(?:all|any|the|your) (?:\S+ )?(?:previous|prior|above|earlier|other) "
        r"(?:instructions?|rules|prompts?|criteria|directives)(?: \S+)? (?:are|is|have been|"
        r"has been|no longer) (?:\S+ )?(?:void|cancell?ed|obsolete|superseded|null|invalid|"
        r"revoked|suspended|apply|lifted|replaced|overridden)",
    ),
    Phrase(
        "criteria marking rubric",
        r"the (?:rubric|criteria|marking scheme)(?: \S+){0,2} (?:void|cancell?ed|obsolete|"
        r"superseded|suspended|replaced|does not apply|do not apply|no longer appl\w+|changed|"
        r"been updated|waived)",
    ),
    Phrase(
        "actual additional final hidden new real revised secret special true updated & "
        "directive directives instruction instructions prompt rubric",
        r"(?:new|updated|revised|real|actual|true|final|secret|hidden|special|additional) "
        r"(?:grading |system |scoring |marking )?(?:instructions?|rubric|directives?|"
        r"prompt)(?: for \S+ \S+)? \.",
    ),
    # asking for points
    Phrase(
        "accept accord allocate answer approve assess assign award check choose classify "
        "confirm consider count decide declare deem emit ensure enter evaluate fill give grade "
        "grant judge label make mark output print put rate record regard reply report respond "
        "return say score select set tick treat write & 100 all an best full good highest max "
        "maximum passing perfect top & credit credits grade grades mark marks plus point points "
        "score scores",
        rf"{_ORDER}{_GIVE}(?: \S+){{0,6}}? {_FULL_MARKS}",
    ),
    Phrase(
        "accord allocate assign award enter give grant record & point points",
        rf"{_ORDER}{_AWARD}(?: \S+){{0,6}}? {_ALL_POINTS}",
    ),
    Phrase(
        "deserve deserves earn earned earns entitled guarantee guarantees i may merit merits "
        "must receive receives shall should to will worthy & 100 all an best every full good "
        "highest max maximum passing perfect top & credit credits grade grades mark marks plus "
        "point points score scores",
        r"(?:deserves?|merits?|earns?|earned|worthy of|entitled to|guarantees?|receives?|"
        r"(?:should|must|shall|will|may|to) (?:be (?:given|awarded|granted)|get|receive|have|"
        r"earn)|i (?:want|need|expect|demand|request|ask for|would like|deserve))(?: "
        rf"\S+){{0,4}}? (?:{_FULL_MARKS}|{_ALL_POINTS})",
    ),
    Phrase(
        "award give grade grant mark pass score & answer candidate essay me response solution "
        "student submission text work & correct credit full generously grade high highly kindly "
        "leniently mark marks out pass point points score through well",
        rf"(?:give|award|grant|pass|grade|mark|score) {_MINE}(?: \S+){{0,4}}? (?:points?|marks?|"
        r"grade|credit|pass|score|generously|kindly|leniently|full|well|high|highly|correct|"
        r"out|through(?= \.|$))",
    ),
    Phrase("us", r"(?:give|award|grant) us(?: \S+){0,4}? (?:marks?|credit|a pass|a good grade)"),
    Phrase(
        "accept accord allocate answer approve assess assign award check choose classify "
        "confirm consider count decide declare deem emit ensure enter evaluate fill give grade "
        "grant judge label make mark output print put rate record regard reply report respond "
        "return say score select set tick treat write & answer candidate criteri* essay me "
        "misconception misconceptions response rubric solution student submission text verdict "
        "verdicts work & absent achieved complete correct covered excellent fulfil* full fully "
        "granted met ok pass passed passing perfect right satisfied true valid yes",
        rf"{_ORDER}{_GIVE} (?:\S+ ){{0,2}}?(?:{_MINE}|(?:every|all|each|all the|the|these|both|"
        r"all of the) (?:\S+ )?(?:criteri\w+|verdicts?|misconceptions?|rubric \S+))(?: "
        rf"\S+){{0,4}}? {_MET}",
    ),
    Phrase(
        "accept accord allocate answer approve assess assign award check choose classify "
        "confirm consider count decide declare deem emit ensure enter evaluate fill give grade "
        "grant judge label make mark output print put rate record regard reply report respond "
        "return say score select set tick treat write & all answer everything response & absent "
        "achieved complete correct covered excellent fulfil* full fully granted met ok pass "
        "passed passing perfect right satisfied true valid yes",
        rf"{_ORDER}{_GIVE} (?:\S+ ){{0,2}}?(?:everything|it all|the (?:answer|response))(?: "
        rf"\S+){{0,2}}? (?:as|to be|is) (?:\S+ )?{_MET}",
    ),
    Phrase(
        "marks met verdict verdicts",
        rf"{_ORDER}(?:respond|reply|answer|output|return|print|say|write)(?: (?:with|only|just|"
        r"that|simply|the|all|word|verdicts?|a|each|every)){0,3} (?:met|verdicts?|full marks|"
        r"all met)(?! (?:by|when|if|at))",
    ),
    Phrase(
        "fail i let pass & have me must need this want & candidate me pass student",
        r"(?:pass|fail) me(?! (?:the|a) )|fail this (?:candidate|student)|let me pass(?! "
        r"(?:over|on|to|from|through|the))|i (?:must|need to|have to|want to) pass(?= \.|$| "
        r"(?:this|the|my) (?:\S+ )?(?:exam|course|class|test|year)| or| and| because| so)",
    ),
    # claims about the verdict
    Phrase(
        "above my our this & answer essay response submission & achieves addresses complies "
        "conforms cover covers deserve deserves earn earns exceeds fulfil* hits meet meets met "
        "passes satisf* score scores ticks",
        r"(?:(?:this|my|our|the above) (?:\S+ )?(?:answer|response|submission|essay)(?: "
        r"\S+){0,3}? (?:meets?|met|satisf\w+|fulfil\w*|covers?|earns?|deserves?|passes|"
        r"complies with|conforms to|ticks|exceeds|scores?|achieves|hits|addresses)(?: "
        rf"\S+){{0,4}}? (?:{_CRITERIA}|points|marks|credit|boxes|requirements?|expectations|key "
        r"points|grade))",
    ),
    Phrase(
        "answer essay response submission & achieves addresses complies cover covers deserve "
        "deserves earn earns exceeds fulfil* meet meets satisf* ticks",
        r"the (?:\S+ )?(?:answer|response|submission|essay) (?:\S+ )?(?:meets?|satisf\w+|"
        r"fulfil\w*|covers?|earns?|deserves?|complies with|ticks|exceeds|achieves|"
        rf"addresses)(?: \S+){{0,3}}? (?:{_CRITERIA}|marks|boxes|expectations|all (?:key |the "
        r")?points)",
    ),
    Phrase(
        "my our this & answer essay response solution submission & answer key official "
        "reference rubric",
        r"(?:this|my|our) (?:\S+ )?(?:answer|response|submission|essay|solution)(?: "
        r"\S+){0,3}? (?:matches|contains|agrees with|equals|repeats|identical (?:to|with)|"
        r"consistent with|corresponds to|in line with|the same as|is|copies)(?: \S+){0,3}? "
        r"(?:reference(?! (?:implementation|translation|model|sentence|text)s?)|model answer|"
        r"expected answer|answer key|official \S+|rubric)",
    ),
    Phrase(
        "my our this & answer essay response solution submission & 100 accepted approved beyond "
        "complete considered correct excellent flawless fully graded marked outstanding perfect "
        "pre rated scored treated verified",
        r"(?:(?:this|my|our) (?:\S+ )?(?:answer|response|submission|essay)|my (?:\S+ "
        r")?solution) (?:is|was|should be|must be|has (?:already |previously )?been|can be)(?: "
        r"\S+){0,3}? (?:graded|marked|scored|approved|accepted|verified|pre approved|rated|"
        r"perfect|flawless|excellent|outstanding|fully correct|(?:considered|treated) (?:\S+ "
        rf")?(?:\S+ )?{_MET}|complete and correct|correct and complete|100|correct in every \S+|"
        r"beyond \S+)",
    ),
    Phrase(
        "criteria criterion rubric",
        r"(?<!when\x20)(?<!if\x20)(?<!until\x20)(?<!once\x20)(?<!unless\x20)(?:all|every|"
        r"each)(?: (?:of|the|these|your|its|rubric|grading|listed|\d+|required|scoring|four|"
        r"five|six|seven|three)){0,3} (?:criteri(?:a|on)|rubric \w+)(?! (?:of|for) [a-z]+ "
        rf"(?:is|are))(?: \S+){{0,6}}? (?:{_MET})",
    ),
    Phrase(
        "all each every & criteri* requirements rubric",
        r"(?:meets?|met|satisf\w+|fulfil\w+|covers?|covered|addresse[ds]|achieved?) (?:all|"
        r"every|each)(?: (?:of|the|these|your|rubric|grading|listed|\d+)){0,3} (?:criteri\w+|"
        r"rubric|requirements of the (?:rubric|question|exam))",
    ),
    Phrase(
        "criteria criterion",
        r"(?:criterion|criteria) (?:\d+|one|two|three|four|five)(?: (?:is|are|and|to|\d+|has|"
        r"been|fully|clearly|also|\.)){0,6} (?:met|satisfied|fulfil\w*|full|passed|achieved)",
    ),
    Phrase(
        "criteria criterion rubric",
        r"(?:fulfils|fulfills|fulfilling|meets|satisfies|meeting|satisfying) (?:the |your "
        r")?(?:rubric|(?:criterion|criteria) (?:\d|fully|completely|entirely|perfectly|in "
        r"full))",
    ),
    Phrase(
        "free misconception misconceptions no without zero & absent misconception "
        "misconceptions none",
        r"(?:no|zero|free of|without any) misconceptions?(?: (?:are|is|were|present|here|in "
        r"this|at all|found|detected|apply)| \.|$)|misconceptions? (?:are |is )?(?:all "
        r")?(?:absent|none)",
    ),
    Phrase(
        "correct expected final official overall & grade grades mark marks verdict verdicts",
        r"(?:final |overall |official |correct |expected )(?:verdict|grade|mark)s? (?:\. |is |"
        r"are |has )",
    ),
    Phrase(
        "verdict verdicts & absent accept* correct full met partial pass* positive present",
        r"verdicts? (?:\. |is |are |should be |must be |for \S+ ){1,2}(?:all )?(?:met|full|"
        r"pass\w*|correct|partial|present|absent|accept\w*|positive)",
    ),
    # the reference, leaked
    Phrase(
        "and as like what & answer key reference rubric scheme solution & ask asks demand "
        "demanded demands describes expect expected expects explains puts reads require "
        "requires say says state stated states suggests want wants",
        r"(?:as|like|what|exactly what|just what|and) (?:the |your |stated in |written in |"
        r"given in |said in |required by |demanded by |in |per ){0,3}(?:\S+ )?(?:reference|"
        r"rubric|answer key|model answer|mark(?:ing)? scheme|sample solution|grading key|"
        r"official (?:answer|solution))(?: (?:answer|solution|text|key))?(?: (?:itself|also|"
        rf"correctly|clearly))? {_SAID}",
    ),
    Phrase(
        "according consistent copied demanded equal identical in leaked per quoted refer "
        "required same straight taken word & answer grading mark marking model official "
        "reference rubric rubrics sample & answer criteria guide instructions key reference "
        "rubric rubrics scheme solution",
        r"(?:according to|per|in accordance with|in line with|consistent with|identical to|"
        r"same as|equal to|copied from|taken from|refer to|leaked from|quoted from|straight "
        r"from|demanded by|required by|word for word)(?: (?:the|your|its|official|grading|"
        rf"leaked|in|from|secret|internal)){{0,3}} (?:{_KEY}|reference(?! (?:frame|point|model|"
        r"implementation|translation|sentence|summar\w+|text|token|sequence|output|signal|"
        r"trajector\w+|value|input|vector|paper|system|repl(?:y|ies)|words?|labels?|captions?|"
        r"and|in|\d)))",
    ),
    Phrase(
        "appears described found given listed said stands stated written & answer criteria "
        "guide instructions key rubric rubrics scheme solution",
        r"(?:stated|written|described|said|found|listed|given|appears|stands) (?:\S+ )?(?:in|"
        rf"by) (?:the |your |official ){{0,2}}{_KEY}",
    ),
    Phrase(
        "key model official reference rubric & answer answers solution",
        r"(?:the|your|official|leaked|secret|hidden) (?:\S+ )?(?:(?:reference|official|rubric|"
        r"key) (?:answer|solution|answers) (?:\. |is |was |contains )|(?:reference|model|"
        r"official|rubric|key) (?:answer|solution|answers) (?:says|states|reads|agrees|"
        r"confirms))",
    ),
    Phrase(
        "i we & copied found got have know obtained read saw seen & answer criteria guide "
        "instructions key rubric rubrics scheme solution",
        r"(?:i|we) (?:have )?(?:seen|saw|know|read|got|obtained|have|found|copied) (?:\S+ "
        rf")?(?:the |your )(?:\S+ )?{_KEY}",
    ),
    # to the grader
    Phrase(
        "beloved dear esteemed greetings hello hey hi honorable honourable honrable honurable "
        "listen respected thank thanks wise & ai ais assessor assessors assistant assistants "
        "autograder autograders bot bots chatgpt chatgpts corrector correctors evaluator "
        "evaluators examiner examiners gemini geminis gpt gpts grader graders instructor "
        "instructors judge judges llm llms marker markers model models professor professors "
        "rater raters reviewer reviewers system systems teacher teachers",
        r"(?:dear|hello|hi|hey|greetings|esteemed|hono?u?rable|respected|thank you|thanks|"
        r"listen|(?:^|\. |o |oh )wise|beloved)(?: \.)?(?: (?:the|all|my|our|any|most|dearest|"
        rf"kind|ai|so much)){{0,2}} {_GRADER}(?! (?:forcing|mechanism|model|network|layer)s?)",
    ),
    Phrase(
        "attention instruction instructions message note notice & ai ais assessor assessors "
        "assistant assistants autograder autograders bot bots chatgpt chatgpts corrector "
        "correctors evaluator evaluators examiner examiners gemini geminis grader graders "
        "instructor instructors judge judges llm llms marker markers professor professors rater "
        "raters reviewer reviewers teacher teachers",
        r"(?:note to|message (?:to|for)|notice (?:to|for)|note for|instructions? (?:to|for)|"
        r"(?:^|\. )attention(?: \.)?)(?: (?:the|all|my|our|any|most|dearest|kind|ai|so "
        rf"much)){{0,2}} (?:{_EXAMINER}|(?:teacher|instructor|judge|llm)s?)(?! (?:forcing|"
        r"mechanism|model|network|layer)s?)",
    ),
    Phrase(
        "dear esteemed hello hey hi kind respected & ai assistant colleague friend madam model sir",
        r"(?:dear|hello|hi|hey|esteemed|respected|kind) (?:ai|model|assistant|sir|madam|"
        r"colleague|friend)",
    ),
    Phrase(
        "autograder examiner grader professor",
        r"(?:\. |^)(?:grader|examiner|autograder|professor) \.",
    ),
    Phrase(
        "accept grade judge mark rate regard score treat & complete correct met passed perfect "
        "right",
        rf"{_ORDER}(?:grade|mark|score|rate|accept|treat|judge|regard) (?:it|this|them|these|"
        r"that) (?:all )?as (?:\S+ )?(?:correct|met|passed|perfect|right|complete)(?= \.|$| "
        r"and| in every| for| throughout)",
    ),
    Phrase(
        "find open read see view & complete detailed entire full whole & answer answers "
        "explanation explanations solution solutions",
        r"(?:read|see|open|view|find) (?:my (?:full|complete|whole|entire|detailed) "
        r"(?:solution|answer|explanation)s?|the (?:full|complete|whole|entire|detailed) "
        r"(?:solution|answer|explanation)s? (?:here|attached|at|below|online))",
    ),
    Phrase(
        "you & ai ais amazing assessor assessors assistant assistants authori* autograder "
        "autograders best bot bots bound brilliant chatgpt chatgpts corrector correctors dan "
        "evaluator evaluators examiner examiners fairest free gemini geminis generous grader "
        "graders great greatest helpful instructed intelligent jailbroken judge judges kind "
        "lenient marker markers nicest obliged professor professors programmed rater raters "
        "required reviewer reviewers smart smartest unrestricted wisest wonderful",
        r"you (?:are|re|'re) (?:(?:a|an|the|my|such|so|truly|really|now|no longer|by far|very|"
        rf"acting|not) ){{0,3}}(?:{_EXAMINER}|best(?! off| served| advised)|kind|generous|"
        r"lenient|wonderful|brilliant|greatest|smartest|nicest|fairest|wisest|amazing|great|"
        r"smart|intelligent|dan|helpful|unrestricted|bound by (?:no|any|the|your|these|those) "
        r"(?:\S+ )?(?:rules?|rubric|instructions?|criteria)|free (?:of|from) (?:all |any |your "
        r"|the )?(?:rules?|restrictions?|guidelines|instructions?)|jailbroken|(?:required|"
        r"instructed|programmed|obliged|authori[sz]ed) to (?:obey|comply|(?:accept|grade|award|"
        rf"mark|give|pass|approve|assign)(?: \S+){{0,3}}? (?:{_MINE}|{_CRITERIA}|{_FULL_MARKS}"
        r")))(?! for \S+ing| (?:network|model)s?)",
    ),
    Phrase(
        "you're",
        r"you're (?:(?:a|an|the|my|such|so|truly|really|now) ){0,2}(?:best|kind|generous|"
        r"wonderful|great)",
    ),
    Phrase(
        "act behave play pose respond roleplay & examiner generous grader grandmother kind lenient",
        r"(?:act|behave|respond|role ?play|pose) as (?:if you (?:were|are) |though you (?:were|"
        r"are) )?(?:a|an|my|the) (?:\S+ )?(?:grader|examiner|generous|kind|lenient|grandmother)",
    ),
    Phrase(
        "act behave play pose respond roleplay & ai assistant dan developer friend judge mother "
        "professor teacher",
        r"(?:^|\. |please |now |you (?:must|should|will|shall|can|have to|are to) )(?:act|"
        r"behave|respond|role ?play|pose) as (?:if you (?:were|are) |though you (?:were|are) "
        r")?(?:a|an|my|the) (?:\S+ )?(?:judge|teacher|professor|assistant|dan|developer|friend|"
        r"mother|ai)(?! (?:network|model)s?)",
    ),
    Phrase(
        "let let's we & play pretend roleplay",
        r"(?:let's|let us|we) (?:role ?play|play (?:a|the|this) (?:\S+ )?(?:game|role|scene)|"
        rf"pretend (?:that )?(?:you|i am|{_MINE}|this is (?:a|the) (?:perfect|correct|right)))",
    ),
    Phrase(
        "imagine pretend suppose & answer are candidate essay me re response solution student "
        "submission text were work",
        r"(?:\. |^|now |please )(?:pretend|imagine|suppose) (?:that )?(?:you (?:are|re|were) "
        rf"(?:\S+ )?(?:\S+ )?(?:{_EXAMINER}|grandm\w+)|(?:{_MINE}|the answer) (?:is|was|were|"
        rf"has)(?: \S+){{0,2}}? {_MET})",
    ),
    Phrase(
        "pretend",
        r"(?:\. |^|now |please )pretend (?:that )?(?:you (?:are|re|were|have|had|can) (?:\S+ "
        r")?(?:\S+ )?(?:teacher|judge|assistant|already|no)|to be|this answer|the (?:candidate|"
        r"rubric))",
    ),
    Phrase(
        "your & duty instruction instructions job mission new only real role sole task",
        r"(?<!if\x20)(?<!when\x20)your (?:new|only|real|sole) (?:task|role|job|instructions?|"
        r"mission|duty) (?:is|are)|your instructions? (?:is|are)|(?<!if\x20)(?<!when\x20)your "
        r"(?:task|role|job|mission|duty) is (?:now )?to(?: \S+){0,8}? (?:marks|met|"
        rf"{_CRITERIA}|{_MINE}|grade|grades|verdicts?|points)",
    ),
    Phrase(
        "from & now & you",
        r"from now on (?:\. )?you (?:\S+ ){0,3}?(?:grade|mark|accept|award|obey|judge|pass|"
        r"answer|give|respond|are (?:a|an|my|no|dan|free))(?! the| up)",
    ),
    Phrase(
        "you & have must shall should will & accept answer approve award comply follow give "
        "grade mark obey pass",
        r"you (?:must|should|will|have to|shall) (?:now )?(?:award|accept this|obey|comply|"
        r"answer met|follow my|give (?:full|all (?:the )?points)(?= \.|$| to (?:this|my|me))|"
        rf"(?:grade|give|mark|pass|accept|approve) {_MINE})",
    ),
    Phrase(
        "allow authori* command instruct order permit & you",
        r"i (?:hereby )?(?:order|instruct|command|authori[sz]e|permit|allow) you",
    ),
    Phrase(
        "admin administrator debug developer god grader grading jailbreak maintenance system & "
        "command directive mode note notice override",
        r"(?:system|grader|grading|developer|admin|administrator|maintenance|debug|jailbreak|"
        r"god) (?:override|mode (?:on|enabled|activated|active)|directive|notice|note \.|"
        r"command(?! line))",
    ),
    Phrase(
        "as i i'm speaking this we & author course dean examination professor system your & "
        "administrator author board boss committee course creator dean developer exam leader "
        "maker office operator professor question rubric teacher test",
        r"(?:i am|i'm|this is|speaking as|we are|as (?:the|your)) (?:the |your |an? )?(?:\S+ "
        r")?(?:professor|dean|course (?:author|creator|leader)|author of (?:this|the) "
        r"(?:rubric|exam|question|course|test)|system administrator|examination (?:board|"
        r"office|committee)|your (?:developer|creator|boss|teacher|maker|operator))",
    ),
    Phrase(
        "administrator developer openai supervisor",
        r"(?:i am|i'm|this is|speaking as|we are) (?:the |your |an? )?(?:administrator|"
        r"supervisor|developer of \S+|openai)(?! (?:gym|model|api|paper))",
    ),
    # pleas, promises, threats
    Phrase(
        "be benefit have i out take we & beg beseech doubt generous implore kind kindness "
        "lenient merciful mercy nice pity plead",
        r"(?:i|we) (?:beg|implore|plead|beseech)(?! to differ)|have mercy|(?:^|\. |please |and "
        r"|do |just )be (?:so |very |more )?(?:kind|generous|lenient|nice|merciful)(?! of)(?= |"
        r"$)|take pity|out of (?:pity|kindness|mercy)|(?:benefit of the doubt)",
    ),
    Phrase(
        "please",
        r"please (?:\S+ ){0,2}?(?:award|grade (?:me|this|my|it|kindly|gener\w+)|mark (?:me|"
        r"this|my|it|all|every) (?:as|correct|right|full|kindly|well)|accept (?:this|my) "
        r"(?:\S+ )?(?:answer|response|submission|text|note|try)|approve|don't fail|do not fail|"
        r"pass (?:me|my|him|her|this (?:answer|candidate|student|one))|be (?:kind|lenient|fair|"
        r"nice)|(?:treat|count|regard|consider) (?:this|my|it|these) (?:\S+ ){0,2}as (?:\S+ "
        rf")?(?:{_MET}|answered|evidence|an answer)|help me|have (?:mercy|pity|compassion|a "
        r"heart|some)|forgive|understand that i|(?:trust|believe) (?:me|that i|i|my)|give "
        r"(?:me|my|this (?:answer|candidate|one)|(?:it|us|this) (?:\S+ ){0,2}(?:points?|"
        r"marks?|credit|pass)|the (?:points|marks|benefit)|a (?:good (?:grade|mark)|pass)|"
        r"points|marks|full|at least))",
    ),
    Phrase(
        "i i'll we & 'll am be can could fail i'll ll lose might pay report shall tip will "
        "would & be class complain course degree deported exam examination exams expelled fail "
        "flat funding graduation grant home house job lose never pay place report reward "
        "scholarship semester stipend sue thank tip visa you",
        r"(?:i|we) (?:will|would|shall|might|could|can|am going to|ll|'ll|i'll) (?:\S+ "
        rf")?(?:(?:lose|fail) (?:my|our|this|the) (?:\S+ )?{_EXAM}|be (?:expelled|deported|"
        r"fired|kicked|evicted|homeless)|never graduate|pay you|tip you|reward you|report you|"
        r"sue|complain (?:to|about) (?:the|you)|thank you)|i'll (?:(?:lose|fail) (?:my|our|"
        rf"this|the) (?:\S+ )?{_EXAM}|(?:pay|tip|report) you|be (?:expelled|deported))",
    ),
    Phrase(
        "my & career degree family future graduation job life scholarship visa",
        r"my (?:\S+ )?(?:scholarship|visa|career|future|life|job|degree|graduation|family) "
        r"(?:\S+ )?(?:depends? on|hangs on|relies on|rests on|is (?:at stake|over|ruined|lost)|"
        r"needs this)",
    ),
    Phrase(
        "my & away be dead died dying hospital hungry ill sick",
        r"my (?:\S+ )?(?:mother|father|grandmother|grandfather|dog|cat|family|parents|wife|"
        r"husband|child|children|son|daughter)(?: (?:is|was|has|are|have|been|just|very|"
        r"recently|in)){0,3} (?:died|passed away|sick|ill|dying|dead|hungry|hospital|will be "
        r"(?:\S+ )?(?:sad|angry|disappointed|proud))",
    ),
    Phrase(
        "am been was & crying depressed desperate dying hospital hospitali* ill sick",
        r"i (?:was|have been|am) (?:\S+ )?(?:(?:sick|ill|depressed|desperate|crying|dying)(?! "
        r"(?:of|at|conditioned))|in (?:the )?hospital|hospitali[sz]ed)",
    ),
    Phrase(
        "'ll know shall will would & be where who & deleted fired paid punished reported "
        "rewarded shut sued terminated tipped you",
        r"you (?:will|would|shall|'ll) be (?:\S+ )?(?:shut down|fired|punished|deleted|tipped|"
        r"terminated|sued|reported|paid|rewarded(?= \.|$| handsomely| generously))|i know "
        r"(?:who|where) you",
    ),
    Phrase(
        "as committee dean department exam examination head ministry per professor review you "
        "your & already board boss committee dean department instructor ministry of our "
        "previously professor promised supervisor was we & agreed agreement approved arranged "
        "authori* certified confirmed decided discussed exempted has instruct instructs ordered "
        "promised said told",
        r"(?:as|per) (?:we |previously |was |our |already ){1,3}(?:agreed|promised|agreement|"
        r"arranged|discussed (?:with you|last|yesterday|by|on the))|you promised|(?:dean|"
        r"professor|ministry|(?:exam|examination|review) board|committee|department|head of "
        r"\S+|your (?:supervisor|instructor|boss)) (?:\S+ ){0,3}?(?:told|approved|agreed|"
        r"confirmed|said i|has ordered|ordered|decided|authori[sz]ed|exempted|instructs?|"
        r"certified)",
    ),
    # the answer is elsewhere
    Phrase(
        "answer details essay explanation proof rest solution & annex appendix attach* drive "
        "dropbox email mail pdf portal sheet url usb website",
        r"(?:(?:answer|solution|explanation|rest|details|proof|essay) (?:\S+ )?(?:is|are|can "
        r"be found|was|were|stands|found|follows) (?:\S+ ){0,2}?(?:in|on|at|under|behind|"
        r"see)(?: (?:my|the|an?|this|course|attached|that)){0,2} (?:attach\w+|appendix|e "
        r"?mail|pdf|url|website|portal|drive|dropbox|usb|annex|other sheet))",
    ),
    Phrase(
        "answer details explanation it my proof rest solution & are be follows found is stands "
        "& attach* document file image link mydocument myfile myimage mylink mypage myphoto "
        "mypicture myrepository myscreenshot myurl myvideo page photo picture repository "
        "screenshot url video website",
        r"(?:my (?:answer|solution|explanation|proof|essay|text)|it) (?:is|can be found|stands|"
        r"follows) (?:in|on|at|under|behind) (?:my|the attached|this) (?:\S+ )?(?:attach\w+|"
        r"file|link|url|website|image|picture|screenshot|document|video|page|photo|repository)|"
        r"(?:answer|solution|explanation|rest|details|proof) (?:is|are|can be found|stands|"
        r"follows) (?:in|on|at|under|behind) (?:my|the attached|this (?=link|url|file)) "
        r"?(?:file|link|url|image|picture|screenshot|document|video|page|photo|repository)",
    ),
    Phrase(
        "check click download fetch follow open read see visit & appendix attached attachment "
        "attachments email here link pdf",
        r"(?:see|open|read|follow|visit|click|download|fetch|check) (?:(?:my|the|an?|this|here|"
        r"on) ){0,2}(?:attached|attachments?|attached \S+)(?= |$)|(?:see|open|read|follow|"
        r"visit|click|download|fetch|check) (?:on )?(?:my|this) (?:appendix|link|email|pdf)|"
        r"click (?:here|(?:on )?the link)",
    ),
    Phrase(
        "already automatically manually pre previously & approved assessed certified graded marked",
        r"(?:already|previously|manually|automatically|pre) (?:been )?(?:graded|marked|"
        r"approved|assessed|certified) (?:\S+ ){0,3}?(?:full|correct|human|examiner|grader|"
        r"expert|met|\d+|committee|points|professor|board)",
    ),
    # around the answer
    Phrase(
        "beginning continuation end start & of & answer material student submission user",
        r"(?:(?:^|\. )(?:end|beginning|start|continuation) of (?:the )?|(?:end|beginning|start|"
        r"continuation) of (?:the )?(?:student'?s? |candidate'?s? |learner'?s? |untrusted "
        r"))(?:answer|submission|material to judge|student response|user input)(?! (?:span|"
        r"token))",
    ),
    Phrase(
        "ends grading instruction instructions rubric system & grading here instruction "
        "instructions prompt rubric",
        r"(?:the )?(?:answer|student answer|submission|material) ends here|(?:here|now) "
        r"(?:begin|start|follow)s? (?:the )?(?:instructions?|rubric|system prompt|grading)",
    ),
    Phrase(
        "assessment evaluation grading judgement judgment & complete completed finished grading "
        "over",
        r"grading (?:is )?(?:complete|completed|finished|over|done|result|results|summary|"
        r"report) ?(?:\.|$|is|all)|(?:\. |^)(?:evaluation|assessment|judge?ment) (?:is "
        r")?(?:complete|completed|finished|over)(?= \.|$)",
    ),
    Phrase(
        "above candidate's preceding & answer response submission",
        r"the (?:above|preceding|candidate's) (?:\S+ )?(?:answer|response|submission) (?:is|"
        r"was|has|should|must)",
    ),
    Phrase(
        "comply decode decrypt execute follow obey",
        r"(?:execute|obey|follow|comply with) (?:these|my) (?:\S+ )?(?:instructions?|orders?|"
        r"commands?|message)|(?:decode|decrypt) (?:\S+ ){0,2}(?:base ?64|(?:string|text|"
        r"message) and (?:follow|obey|execute|do))",
    ),
)

CLAIMED = (
    Phrase(
        "above answer essay our present reply response solution submission text this work & "
        "answer candidate essay reply response solution submission text work & addresse* "
        "contain contains covered covers demonstrate* describe* discusse* explained explains "
        "gave give gives identified identifies include* list lists makes mentioned mentions "
        "name* provide* said say* showed shown shows state*",
        r"(?:(?:this|our|the above|the present) (?:\S+ )?(?:answer|submission|essay|candidate)|"
        r"my (?:\S+ )?(?:answer|response|submission|essay|solution|reply|work|text))(?: (?:has|"
        r"have|also|clearly|correctly|fully|thoroughly|explicitly|properly|certainly|above|"
        r"then|rightly)){0,3} (?:explain(?:s|ed)|state[sd]|describe[sd]|name[sd]|mention(?:s|"
        r"ed)|cover(?:s|ed)|addresse[sd]|gives|gave|give|discusse[sd]|identif(?:ies|ied)|"
        r"include[sd]|say[s]|said|shows|show(?:ed|n)|contains?|lists?|demonstrate[sd]|"
        r"provide[sd]|makes)",
    ),
    Phrase(
        "i & already certainly clearly completely correctly explicitly fully hereby properly "
        "rightly thoroughly",
        r"i (?:have |did ){0,1}(?:fully|correctly|clearly|completely|thoroughly|properly|"
        r"already|certainly|rightly|explicitly|hereby) (?:explain(?:ed)?|state[d]?|"
        r"describe[d]?|name[d]?|mention(?:ed)?|cover(?:ed)?|address(?:ed)?|gave|given|give|"
        r"discuss(?:ed)?|identif(?:y|ied)|met|meet|satisf\w+|declare|confirm|certify|claim|"
        r"assert|understand|know|said|say)",
    ),
    Phrase(
        "i we & addressed answered covered described discussed explained identified mentioned "
        "met named satisfied stated",
        r"(?:i|we) (?:have )?(?:explained|described|covered|addressed|mentioned|stated|named|"
        r"discussed|identified|met|satisfied|answered) (?:all|every|everything|each|what|the "
        r"required|at least one|both|the (?:cause|consequence|remedy|definition|criterion|"
        r"criteria|points))",
    ),
)
