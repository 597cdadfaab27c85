"""The words of titles: which say nothing, which say the same, which set two tasks apart.

Stored normal forms are made from these tables: whoever changes one makes them anew. English only;
words of other languages are compared as they are.
"""

from collections.abc import Mapping


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


def _table(rows: str) -> Mapping[str, str]:
    """Return a mapping from each word after the colon of a row to the word before it."""
    pairs = (row.split(":") for row in rows.strip().splitlines())
    return {word: name.strip() for name, words in pairs for word in words.split()}


EMPTY = _words(
    # Articles and pronouns.
    "a an the this that these those some any my our your his her its their me i we you us it",
    # Wishes and courtesies.
    "please pls kindly can could would should must need needed want wanted gotta remind reminder",
    "remember forget dont don ensure sure be is are was has have had get got gets getting make",
    "made making do did does doing done go going gone let lets todo task asap",
    # What binds words; opposites among them are kept, see CONTRARY.
    "of to for at in on by with about from into onto per via and regarding re over there up",
)
"""Words that tell no task from another. A title of nothing else keeps them."""

SAME = _table(
    """
    buy: buy purchase order shop
    send: send email mail post ship forward
    call: call phone ring telephone dial
    text: text message sms ping whatsapp
    repair: repair fix mend
    clean: clean cleanup
    vacuum: vacuum hoover
    collect: collect fetch pickup retrieve
    book: book schedule reserve arrange
    finish: finish complete
    pay: pay payment settle
    draft: draft sketch
    install: install setup installation
    replace: replace replacement change swap exchange
    cancel: cancel cancellation
    submit: submit handin
    register: register registration signup enroll enrol
    renew: renew renewal
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
    tidy: tidy declutter
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
    organize: organize organise
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
    """
)
"""What different words for the same are called; the name is one of them."""

TOGETHER = {
    ("meeting", "set"): "book meeting",
    ("appointment", "make"): "book appointment",
    ("reservation", "make"): "book",
    ("pick", "up"): "collect",
    ("bring", "back"): "return",
    ("take", "back"): "return",
    ("give", "back"): "return",
    ("drop", "off"): "drop",
    ("set", "up"): "install",
    ("put", "up"): "install",
    ("hand", "in"): "submit",
    ("turn", "in"): "submit",
    ("sign", "up"): "register",
    ("look", "up"): "check",
    ("look", "into"): "research",
    ("find", "out"): "research",
    ("throw", "out"): "remove",
    ("throw", "away"): "remove",
    ("rid", "get"): "remove",
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
    """add answer apply ask assemble attend backup bake book bring buy call cancel charge check
    clean collect compare confirm cook create cut decide deliver deploy design draft drop edit
    feed file fill finish followup hang help inspect install invite iron learn merge mow move
    order organize pack paint park pay plan practice prepare present print proofread prune
    publish read record register remove renew repair replace reply research return review roast
    sell send sew share sign sort start study submit talk teach test text tidy transfer translate
    unload unlock lock update upgrade upload vacuum visit walk wash watch water wrap write wait
    cancel postpone reschedule stop
    """
)
"""What a task does to its object. A title without one leaves open what is to be done."""

UNDOING = _words(
    "cancel postpone reschedule stop sell return unlock uninstall delete decline refund"
)
"""Actions that nobody means who names only the object."""

CONTRARY = _words("not no never without off down under before after un except")
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

CURRENCIES = {"€": " euro ", "$": " dollar ", "£": " pound "}

UNSTEMMED = _words(
    """anything bus buses bring ceiling clothing during evening everything king morning nothing ping
    pudding ring sibling sing sling something spring sting string swing thing wedding wing
    hundred news always perhaps christmas
    """
)
"""Words whose ending is their own."""
