"""Common English words, which say nothing about a subject when they stand alone."""

from __future__ import annotations

COMMON_WORDS = frozenset(
    """
    able above accept accepted accepts access account accuracy accurate achieve across act action
    active activity actual actually add added adding additional address adds adjust advance affect
    age ago agree ahead aim air all allow allowed allowing allows almost alone along already
    alternative always amount analysis another answer any anything apart appear appears
    application applied applies apply approach area around arrange art article ask aspect assume
    attempt attention available average avoid away back bad balance bank base basic basis become
    becomes begin beginning behavior behaviour behind believe below benefit best better between
    big bigger bit black block blocks blue board body book both bottom bound box branch break
    bring broad build building built bunch business calculate call called calls capable capacity
    capture car care carried carries carry case cases cause caused causes causing cell cells
    center central centre certain chain chance change changed changes changing character charge
    cheap check child choice choose class clean clear clearly close code cold collect color colour
    column combination combine combined come comes coming common company compare complete
    completely complex compute computed computer computing concern condition conditions connect
    connected connection connections consider consist constant contain contains content context
    continue continues contrast contribute control controls convert copy core correct correctly
    cost costs count country couple course cover create created creates current currently curve
    cut cycle daily damage data date day deal decide decision deep deeper default define degree
    delay deliver demand depend dependence depends depth describe describes design desired detail
    determine develop device difference different difficult difficulty dimension direct direction
    directly discuss distance distinct distribute distribution divide document does domain done
    door down draw drive drop dropped drops due during dynamic each earlier early ease easier
    easily easy edge effect effective effectively effects efficient effort either element elements
    else enable end ending ends energy engine enough ensure enter entire entirely environment
    equal equally equation error errors especially essential estimate even event events ever every
    everything exact exactly example examples except exchange exist existing exists expect
    expected expensive experience explain explains extend external extra extract extreme eye face
    fact factor factors fail fails failure fair fall false familiar far fast faster feature
    features feed feel few field figure file fill final finally find finds fine finish first fit
    fits fix fixed flat flow flows focus follow following follows food force forced forces forget
    forgets forgetting forgot form format forms forth forward found four frame free frequent
    frequently fresh friend front full fully function functions future gain gap gate gated gates
    gave general generally generate generated get gets getting give given gives global goal goes
    going good government great greater green ground group groups grow grows growth guess guide
    half hand handle hands happen happens hard hardly harm head health hear heart heavy held help
    helps hence hidden high higher highest highly history hit hold holding holds home hope hot
    hour house huge human hundred idea identical identify ignore ignored ignores image images
    imagine impact important impossible improve improved improves inch include included includes
    increase increased increases independent indicate individual influence information initial
    initially inner input inputs inside instance instead interest internal into introduce involve
    issue issues item items job join joint jump just keep keeping keeps kept key kid kill kind
    knew know knowing knowledge known label labels lack language large larger largest last late
    later latter law layer layers lead leading leads learn learned learning learns least leave
    leaves left length less let letter level levels lie life light like likely limit limited
    limits line linear lines link list little live load local location long longer look looks loop
    lose loses loss lost lot love low lower machine made main mainly maintain major make makes
    making man manage many map mark market mask masks mass match material math matter maximum may
    maybe mean meaning means measure mechanism medium meet member memory men mention mentioned
    mentions mere merge message method methods middle might mind minimum minor minute miss missing
    mix mixed mode model models modern moment money month more most mostly mother motion move
    moved movement moves moving much multiple multiplied multiply music must name named names
    narrow nature near nearly necessary need needed needs negative nested network networks never
    new news next night node nodes noise none normal normally note nothing notice number numbers
    object observe obtain occur occurs off offer often old once one ones only open operate
    operation opposite option order original other outer output outputs outside over overall own
    pace page paper parallel parameter parameters part partial particular parts pass passed passes
    past path pattern patterns pay peak people per perfect perform performance perhaps period
    person phase phone pick picture piece place places plain plan plane play plus point points
    poor position positive possible post potential power powerful practical practice precise
    predict predicted prediction predicts prefer preferred prepare presence present preserve press
    prevent prevents previous previously price primary principle prior private probably problem
    problems procedure process processed processes processing produce produced produces product
    program project proper properly property propose protect prove provide provided provides
    public pull pure purpose push put quality quantity question quick quickly quite random
    randomly range rapid rapidly rare rarely rate rates rather raw reach reaches reaching reaction
    read reader reading reads ready real really reason reasons receive receives recent recently
    recognize record red reduce reduced reduces refer reference region regular related relation
    relationship relative relevant rely remain remains remedy remember remembers remove removed
    removes repeat repeated repeatedly repeats replace replaced represent require required
    requires research reset resource respect response rest result results retain return returns
    reverse rich right rise risk road role room root rough round row rule rules run running runs
    safe said same sample samples save saves saw say says scale scaled scene school science scope
    score screen search second section see seem seems seen select selected selection self send
    sense sent sentence sentences separate sequence sequences series serve set sets setting
    settings several shape share shared shares sharing sharp shift short shorter should show shown
    shows shrink shrinking shrinks side sign signal signals significant similar simple simpler
    simplest simply simultaneously since single site situation size sizes skip slow slower slowly
    small smaller smallest smooth soft solution solve solves some sometimes somewhat soon sort
    sound source space span speak special specific speech speed spread square stable stack stage
    stand standard start started starting starts state stated states static status stay stays
    steady steep step steps still stop stopped stops storage store stored stores story straight
    strategy stream strength strict strong stronger strongly structure structured student study
    style subject successful such sudden sufficient suggest suitable sum summary supply support
    suppose sure surface surround switch symbol system systems table take taken takes taking talk
    target task tasks teach team technique techniques tell tells tend tends tension term terms
    test tested text thank thing things think third thought thousand threshold throughout throw
    thus tie tied time times tiny title today together token tokens told too took tool tools top
    total touch toward track trade trained training trains transfer transform transition translate
    translation travel treat treated tree trend trial tries trouble true truly truth try turn
    turns twice two type types typical typically under understand uniform unique unit units unity
    unknown unless unlike unstable until unusual update updated updates upper use used useful user
    uses using usual usually valid value values vanish vanished vanishes vanishing variable
    variables variant variety various vary vast vector vectors version very view visible visit
    voice volume wait walk wall want warm watch water way ways weak weaker wear week weight
    weights well went whether while white whole wide widely will window wire wish with within
    without woman wonder word words work worked working works world worse worst worth would write
    written wrong year years yes yet yield yields young zero zeros
    """.split()  # noqa: SIM905 - a list literal would be one word a line
)
