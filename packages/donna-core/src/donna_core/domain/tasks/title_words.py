"""The words of titles: which say nothing, which say the same, which set two tasks apart.

Stored normal forms are made from these tables; where one changes, a database makes them anew when
it is opened next (``dedup.form_stamp``). English only; words of other languages are compared as
they are.
"""

from collections.abc import Mapping


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _table(rows: str) -> Mapping[str, str]:
    """Return a mapping from each word after the colon of a row to the word before it."""
    pairs = (row.split(":") for row in rows.strip().splitlines())
    return {word: name.strip() for name, words in pairs for word in words.split()}


def _pairs(rows: str) -> frozenset[tuple[str, str]]:
    """Return each word before a colon with each word behind it."""
    pairs = (row.split(":") for row in rows.strip().splitlines())
    return frozenset((name.strip(), word) for name, words in pairs for word in words.split())


EMPTY = _words(
    # Articles and pronouns.
    "a an the this that these those some any my our your his her its their me i we you us it",
    # Wishes and courtesies.
    "please pls kindly can could would should must need needed want wanted gotta remind reminder",
    "remember forget dont don ensure sure be is are was has have had get got gets getting make",
    "made making do did does doing done go going gone let lets todo task asap",
    # What binds words; opposites among them are kept, see CONTRARY.
    "of to for at in on by with about from into onto per via and regarding re over there up",
    # What distinguishes nothing: the one thing a title is about is the new one.
    "new another more again also just still",
)
"""Words that tell no task from another. A title of nothing else keeps them."""

SAME = _table(
    """
    explore: explore exploration
    confirm: confirm confirmation
    invite: invite invitation
    ad: ad advert advertisement
    exam: exam examination
    info: info information
    vet: vet veterinarian
    kid: kid child children
    appointment: appointment appt
    meeting: meeting mtg
    fridge: fridge refrigerator
    car: car auto automobile
    lawn: lawn grass
    electric: electric electrical
    theater: theater theatre
    center: center centre
    program: program programme
    license: license licence
    harbor: harbor harbour
    flavor: flavor flavour
    favor: favor favour
    neighbor: neighbor neighbour
    ask: ask request
    evaluate: evaluate assess
    update: update refresh
    reply: reply respond answer response
    measure: measure measurement
    apply: apply applying
    defrost: defrost thaw
    memorize: memorize memorise
    rotate: rotate turn
    visit: visit attend
    followup: followup chase chaseup
    tell: tell inform notify
    choose: choose decide select
    find: find search seek hunt
    buy: buy purchase shop
    buyo: order preorder reorder
    buyc: collect fetch pickup retrieve grab
    send: send email mail post ship forward forwards relay
    call: call phone ring telephone dial
    text: text message sms ping whatsapp
    repair: repair fix mend
    clean: clean cleanup tidy declutter
    vacuum: vacuum hoover
    book: book schedule reserve arrange reservation booking
    finish: finish complete
    pay: pay payment settle
    draft: draft sketch
    install: install setup installation hang mount
    replace: replace replacement change swap exchange switch
    knife: knife knives
    shelf: shelf shelves
    scarf: scarf scarves
    loaf: loaf loaves
    tooth: tooth teeth
    foot: foot feet
    mouse: mouse mice
    wife: wife wives
    cancel: cancel cancellation stop terminate discontinue
    submit: submit handin
    register: register registration signup enroll enrol registering
    renew: renew renewal renewing
    inspect: inspect inspection
    prepare: prepare prep preparation
    deliver: deliver delivery
    translate: translate translation
    research: research investigate
    check: check lookup
    talk: talk speak discuss chat
    remove: remove discard dispose throwaway throwout ditch
    cut: cut trim
    unload: unload empty
    assemble: assemble assembly
    gift: gift present
    mum: mum mom mother mama mummy mommy
    dad: dad father papa daddy
    grandma: grandma grandmother granny gran nana
    grandpa: grandpa grandfather grandad granddad
    parcel: parcel package
    medicine: medicine medication meds med
    doctor: doctor dr doc
    tire: tire tyre
    color: color colour
    check: cheque
    organize: organize organise organization organisation
    resume: resume cv
    flat: flat apartment
    trash: trash garbage rubbish
    photo: photo picture photograph pic
    bike: bike bicycle
    laptop: laptop notebook
    tv: tv television telly
    grocery: grocery
    euro: euro eur
    dollar: dollar usd buck
    pound: pound gbp quid
    monday: mon monday
    tuesday: tue tues tuesday
    wednesday: wed wednesday
    thursday: thu thur thurs thursday
    friday: fri friday
    february: feb february
    april: apr april
    august: aug august
    september: sep sept september
    october: oct october
    november: nov november
    december: dec december
    1: one first 1st
    2: two second 2nd
    3: three third 3rd
    4: four fourth 4th
    5: five fifth 5th
    6: six sixth
    7: seven seventh
    8: eight eighth
    9: nine ninth
    10: ten tenth
    11: eleven eleventh
    12: twelve twelfth
    13: thirteen
    14: fourteen
    15: fifteen
    16: sixteen
    17: seventeen
    18: eighteen
    19: nineteen
    20: twenty twentieth
    30: thirty
    40: forty
    50: fifty
    60: sixty
    70: seventy
    80: eighty
    90: ninety
    100: hundred
    repay: repay reimburse
    """
)
"""What different words for the same are called; the name is one of them."""

TOGETHER = {
    ("write", "back"): "reply",
    ("pay", "back"): "repay",
    ("application", "for"): "apply",
    ("end", "subscription"): "cancel subscription",
    ("end", "membership"): "cancel membership",
    ("end", "contract"): "cancel contract",
    ("meeting", "set"): "book meeting",
    ("appointment", "make"): "book appointment",
    ("reservation", "make"): "book",
    ("pick", "up"): "buyc",
    ("bring", "back"): "return",
    ("take", "back"): "return",
    ("give", "back"): "return",
    ("hand", "back"): "return",
    ("de", "ice"): "defrost",
    ("drop", "off"): "drop",
    ("set", "up"): "install",
    ("put", "up"): "install",
    ("hand", "in"): "submit",
    ("turn", "in"): "submit",
    ("sign", "up"): "register",
    ("look", "up"): "check",
    ("look", "into"): "research",
    ("look", "for"): "find",
    ("write", "to"): "send",
    ("let", "know"): "tell",
    ("go", "to"): "visit",
    ("ask", "over"): "invite",
    ("learn", "heart"): "memorize",
    ("cut", "lawn"): "mow lawn",
    ("tax", "return"): "taxreturn",
    ("get", "rid"): "remove",
    ("e", "bike"): "electric bike",
    ("chase", "up"): "followup",
    ("touch", "base"): "talk",
    ("catch", "up"): "talk",
    ("top", "up"): "refill",
    ("fill", "up"): "refill",
    ("find", "out"): "research",
    ("throw", "out"): "remove",
    ("throw", "away"): "remove",
    ("put", "out"): "out",
    ("take", "out"): "out",
    ("back", "up"): "backup",
    ("follow", "up"): "followup",
    ("clean", "up"): "clean",
    ("clean", "out"): "clean",
    ("tidy", "up"): "tidy",
    ("sort", "out"): "sort",
    ("fill", "out"): "fill",
    ("fill", "in"): "fill",
    ("call", "back"): "call",
    ("ring", "up"): "call",
    ("check", "out"): "check",
    ("baby", "sitter"): "babysitter",
    ("book", "shelf"): "bookshelf",
    ("dish", "washer"): "dishwasher",
    ("e", "mail"): "send",
    ("home", "work"): "homework",
    ("light", "bulb"): "lightbulb",
    ("news", "letter"): "newsletter",
    ("proof", "read"): "proofread",
    ("time", "sheet"): "timesheet",
    ("web", "site"): "website",
    ("work", "out"): "workout",
}
"""Two words of one title, anywhere in it, that say what another word says."""

ACTIONS = _words(
    """accept add adjust analyze answer apply archive arrange ask assemble assign attach attend
    backup
    bake bleed boil book borrow bring brush build bury buy buyc buyo calculate call cancel cash
    change charge check choose claim clean clear close collect compare compile complete compose
    configure confirm connect contact convert cook create cut debug decline decorate defrost
    delegate delete deliver deploy descale design dig donate download draft drain drill drive drop
    dust eat edit empty enable evaluate examine exchange explain explore extend extract fasten feed
    file fill find finish fold followup freeze gather give glue greet grill groom harvest heat help
    hem hide hire host implement import improve inflate inspect install insulate interview
    introduce invite iron join keep lay lead learn leave lend lift load lock lower maintain
    measure meet memorize merge migrate mix modify move mow negotiate open organize pack paint park
    pay peel plan plant play polish pour practice prepare present preserve print proofread prune
    publish pull push put rake read rebook recharge reclaim recommend record recycle redeem reduce
    refactor refill refund refuse register reheat relocate remove rename renew rent repair repaint
    replace reply repot reschedule research resolve restart restock restore return review revise
    rewrite rinse roast roll rotate save scan scrape scrub seal sell send separate serve sew share
    sharpen shave shorten shovel shred sign sing skim soak solve sort split spray stack start steam
    stitch store stow straighten stretch strip study submit subscribe suggest sweep swim switch
    tackle take talk taste teach tell test text thank throw tie tighten toss trace transfer
    translate treat try tune unblock unclog undo uninstall unload unlock unpack unplug unscrew
    unsubscribe untangle unwrap update upgrade upload use vacuum validate varnish verify visit vote
    wait wake walk warm warn wash watch water wax weed weigh wipe withdraw wrap write
    postpone
    """
)
"""What a task does to its object. A title without one leaves open what is to be done."""

UNDOING = _words(
    "cancel postpone reschedule stop sell return unlock uninstall delete decline refund"
)
"""Actions that nobody means who names only the object."""

CONTRARY = _words("outof not no never without off down under before after un except")
"""Words that turn a title around when the other one lacks them."""

DATES = _words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december spring summer autumn winter morning
    evening night tonight tomorrow
    """
)
"""Which of several: an occurrence that the other title does not name."""

GATHERINGS = _words("appointment meeting event session slot call")
"""Kinds of events, which calendars often leave out: a dentist appointment is "Dentist" there."""

ALIKE = _pairs(
    """
    bring: deliver drop
    buy: buyc buyo
    call: tell
    check: inspect review
    clean: wash wipe
    create: write draft prepare
    delete: remove
    draft: write
    evaluate: review
    extend: renew
    fill: finish
    hire: find
    install: put
    organize: plan prepare
    put: replace
    register: book
    send: submit tell deliver
    service: repair inspect
    tell: text
    """
)
"""Actions that may be one, with others between which there is a difference: what is bought may be
ordered or picked up, yet an order is picked up.
"""

TRAVEL = _words("bus drive ferry flight ride taxi ticket train transfer trip")
"""What goes to a place or comes from it, which are two."""

CURRENCIES = {"€": " euro ", "$": " dollar ", "£": " pound "}

UNSTEMMED = _words(
    """anything bus buses bring ceiling clothing during evening everything king morning nothing ping
    pudding ring sibling sing sling something spring sting string swing thing wedding wing
    news always perhaps christmas
    """
)
"""Words whose ending is their own."""
