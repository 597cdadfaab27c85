"""Days with a name: by the calendar, by Easter, by the tables of the ``holidays`` library.

The library is imported with the first name that needs its tables (lunar calendars, a country's own
days), so that sentences without such a name never pay for it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from types import MappingProxyType

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from donna_core.domain.capture.dates import nth_weekday, weekday_before
from donna_core.domain.capture.lunar import lunar_days

DaysOfYear = Callable[[int], tuple[date, ...]]
JULY, OCTOBER = 7, 10


def _fixed(month: int, day: int) -> DaysOfYear:
    return lambda year: (date(year, month, day),)


def _nth(month: int, nth: int, weekday: int, *, offset: int = 0) -> DaysOfYear:
    return lambda year: (nth_weekday(year, month, nth, weekday) + timedelta(days=offset),)


def _before(month: int, day: int, weekday: int) -> DaysOfYear:
    return lambda year: (weekday_before(date(year, month, day), weekday),)


def _easter(offset: int, year: int) -> tuple[date, ...]:
    return (easter(year, EASTER_WESTERN) + timedelta(days=offset),)


def _orthodox(offset: int, year: int) -> tuple[date, ...]:
    return (easter(year, EASTER_ORTHODOX) + timedelta(days=offset),)


def _lunar(name: str, offset: int = 0) -> DaysOfYear:
    return partial(_lunar_days, name, offset)


def _lunar_days(name: str, offset: int, year: int) -> tuple[date, ...]:
    return tuple(day + timedelta(days=offset) for day in lunar_days(year).get(name, ()))


def _kings_day(year: int) -> tuple[date, ...]:
    day = date(year, 4, 27)
    return (day - timedelta(days=day.weekday() == 6),)


_NAMES: dict[str, DaysOfYear] = {
    "new years eve|new year eve|nye|silvester": _fixed(12, 31),
    "new years day|new year day|new years|new year": _fixed(1, 1),
    "twelfth night": _fixed(1, 5),
    "epiphany|three kings day|three kings": _fixed(1, 6),
    "orthodox christmas|orthodox christmas day": _fixed(1, 7),
    "australia day": _fixed(1, 26),
    "groundhog day": _fixed(2, 2),
    "candlemas": _fixed(2, 2),
    "valentine day|valentines day|st valentines day|saint valentines day": _fixed(2, 14),
    "st davids day|saint davids day": _fixed(3, 1),
    "womens day|international womens day": _fixed(3, 8),
    "pi day": _fixed(3, 14),
    "saint patricks day|st patricks day|saint patrick day|st patrick day|st paddys day|paddys day":
        _fixed(3, 17),
    "april fools day|april fool day|april fools": _fixed(4, 1),
    "tax day": _fixed(4, 15),
    "earth day": _fixed(4, 22),
    "st georges day|saint georges day": _fixed(4, 23),
    "anzac day": _fixed(4, 25),
    "koningsdag|kings day|king day": _kings_day,
    "walpurgis night": _fixed(4, 30),
    "international workers day|workers day|may day|labour day": _fixed(5, 1),
    "star wars day": _fixed(5, 4),
    "cinco de mayo": _fixed(5, 5),
    "flag day": _fixed(6, 14),
    "juneteenth": _fixed(6, 19),
    "midsummer day|midsummers day": _fixed(6, 24),
    "canada day": _fixed(JULY, 1),
    "independence day": _fixed(JULY, 4),
    "bastille day": _fixed(JULY, 14),
    "assumption day|assumption of mary": _fixed(8, 15),
    "patriot day": _fixed(9, 11),
    "german unity day|day of german unity": _fixed(OCTOBER, 3),
    "boss day|bosses day": _fixed(OCTOBER, 16),
    "united nations day": _fixed(OCTOBER, 24),
    "halloween|hallowe'en|all hallows eve": _fixed(OCTOBER, 31),
    "reformation day": _fixed(OCTOBER, 31),
    "all saints day|all saints|all hallows day": _fixed(11, 1),
    "all souls day|all souls": _fixed(11, 2),
    "guy fawkes day|guy fawkes night|bonfire night": _fixed(11, 5),
    "veterans day|armistice day|remembrance day": _fixed(11, 11),
    "singles day": _fixed(11, 11),
    "st andrews day|saint andrews day": _fixed(11, 30),
    "st nicholas day|saint nicholas day": _fixed(12, 6),
    "immaculate conception": _fixed(12, 8),
    "christmas eve|xmas eve": _fixed(12, 24),
    "christmas day|christmas|xmas day|xmas|x mas": _fixed(12, 25),
    "boxing day|st stephens day|saint stephens day|second christmas day": _fixed(12, 26),
    "kwanzaa": _fixed(12, 26),
    "mlk day|martin luther king day|martin luther king jr day|mlk jr day": _nth(1, 3, 0),
    "presidents day|president day|washingtons birthday": _nth(2, 3, 0),
    "family day": _nth(2, 3, 0),
    "arbor day": _nth(4, -1, 4),
    "early may bank holiday|may bank holiday": _nth(5, 1, 0),
    "mother day|mothers day": _nth(5, 2, 6),
    "armed forces day": _nth(5, 3, 5),
    "victoria day": _before(5, 25, 0),
    "memorial day|spring bank holiday": _nth(5, -1, 0),
    "father day|fathers day": _nth(6, 3, 6),
    "parents day": _nth(JULY, 4, 6),
    "august bank holiday|summer bank holiday": _nth(8, -1, 0),
    "labor day": _nth(9, 1, 0),
    "grandparents day": _nth(9, 1, 0, offset=6),
    "columbus day|indigenous peoples day|canadian thanksgiving": _nth(OCTOBER, 2, 0),
    "election day": _nth(11, 1, 0, offset=1),
    "thanksgiving day|thanksgiving|thanks giving day|thanks giving": _nth(11, 4, 3),
    "black friday": _nth(11, 4, 3, offset=1),
    "small business saturday": _nth(11, 4, 3, offset=2),
    "cyber monday": _nth(11, 4, 3, offset=4),
    "giving tuesday": _nth(11, 4, 3, offset=5),
    "carnival monday|shrove monday|rosenmontag": partial(_easter, -48),
    "mardi gras|shrove tuesday|pancake day|pancake tuesday|fat tuesday": partial(_easter, -47),
    "ash wednesday|lent|start of lent": partial(_easter, -46),
    "mothering sunday": partial(_easter, -21),
    "palm sunday": partial(_easter, -7),
    "maundy thursday|holy thursday": partial(_easter, -3),
    "good friday": partial(_easter, -2),
    "holy saturday|easter saturday": partial(_easter, -1),
    "easter sunday|easter day|easter": partial(_easter, 0),
    "easter monday": partial(_easter, 1),
    "ascension day|ascension thursday|feast of the ascension": partial(_easter, 39),
    "pentecost|pentecost sunday|whit sunday|white sunday|whitsun": partial(_easter, 49),
    "whit monday|pentecost monday": partial(_easter, 50),
    "trinity sunday": partial(_easter, 56),
    "corpus christi|feast of corpus christi": partial(_easter, 60),
    "clean monday|orthodox ash monday|orthodox shrove monday|ash monday": partial(_orthodox, -48),
    "lazarus saturday": partial(_orthodox, -8),
    "orthodox palm sunday": partial(_orthodox, -7),
    "orthodox good friday|great friday": partial(_orthodox, -2),
    "orthodox holy saturday|great saturday": partial(_orthodox, -1),
    "orthodox easter sunday|orthodox easter|pascha": partial(_orthodox, 0),
    "orthodox easter monday": partial(_orthodox, 1),
    "orthodox pentecost": partial(_orthodox, 49),
    "chinese lunar new years day|chinese new years day|chinese lunar new year|chinese new year"
    "|lunar new year|lunar new years day|spring festival|tet": _lunar("chinese_new_years_day"),
    "chinese new years eve|lunar new years eve": _lunar("chinese_new_years_day", -1),
    "lantern festival": _lunar("chinese_new_years_day", 14),
    "qingming|qingming festival|tomb sweeping day": _lunar("qingming_festival"),
    "dragon boat festival": _lunar("dragon_boat_festival"),
    "mid autumn festival|moon festival": _lunar("mid_autumn_festival"),
    "double ninth festival": _lunar("double_ninth_festival"),
    "vesak|vaisakha|vesak day|buddha day|buddha purnima|wesak": _lunar("vesak_may"),
    "nowruz|norooz|persian new year|iranian new year": _lunar("nowruz_day"),
    "ramadan|start of ramadan|beginning of ramadan": _lunar("ramadan_beginning_day"),
    "laylat al qadr|laylat al kadr|night of power|night of destiny|night of measures"
    "|night of decree": _lunar("laylat_al_qadr_day"),
    "eid al fitr|eid ul fitr|id ul fitr|id al fitr|festival of breaking the fast|lesser eid":
        _lunar("eid_al_fitr_day"),
    "eid al adha|eid ul adha|id ul adha|id al adha|sacrifice feast|feast of sacrifice"
    "|feast of the sacrifice|bakr id|bakrid|bakra eid|greater eid": _lunar("eid_al_adha_day"),
    "arafah day|day of arafah": _lunar("eid_al_adha_day", -1),
    "islamic new year|hijri new year|arabic new year|muharram": _lunar("islamic_new_year_day"),
    "ashura|day of ashura": _lunar("ashura_day"),
    "mawlid|mawlid al nabawi|mawlid al nabi|milad un nabi|prophets birthday|birth of the prophet":
        _lunar("mawlid_day"),
    "isra and miraj|isra miraj|night journey|ascension to heaven":
        _lunar("isra_and_miraj_day"),
    "makar sankranti|makara sankranti|maghi": _lunar("makar_sankranti"),
    "lohri|bhogi pongal": _lunar("makar_sankranti", -1),
    "pongal|thai pongal": _lunar("pongal"),
    "maattu pongal|mattu pongal": _lunar("pongal", 1),
    "kaanum pongal|kanni pongal|kanum pongal": _lunar("pongal", 2),
    "thaipusam|thai poosam": _lunar("thaipusam"),
    "vasant panchami|basant panchami|saraswati puja": _lunar("basant_panchami"),
    "guru ravidass jayanti|guru ravidas jayanti|guru ravidass birthday|guru ravidas birthday":
        _lunar("guru_ravidas_jayanti"),
    "maha shivaratri|mahashivratri|maha shivratri|shivaratri|shivratri": _lunar("maha_shivaratri"),
    "chhoti holi|choti holi|holika dahan|kamudu pyre": _lunar("holi", -1),
    "holi|rangwali holi|dhulandi|dhulivandan|phagwah|dhuleti": _lunar("holi"),
    "ugadi|yugadi|gudi padwa|chaitra sukhladi|chaitra sukladi|hindu new year": _lunar("gudi_padwa"),
    "rama navami|ram navami": _lunar("ram_navami"),
    "mahavir jayanti|mahaveer jayanti|mahavir janma kalyanak|mahaveer janma kalyanak":
        _lunar("mahavir_jayanti"),
    "hanuman jayanti": _lunar("hanuman_jayanti"),
    "vaisakhi|baisakhi|vasakhi|vaishakhi|vaisakhadi": _lunar("vaisakhi"),
    "rabindra jayanti|rabindranath jayanti|tagores birthday": _lunar("rabindranath_birthday"),
    "rath yatra|ratha yatra": _lunar("rath_yatra"),
    "guru purnima": _lunar("guru_purnima"),
    "parsi new year|jamshedi navroz|jamshedi nowruz": _lunar("parsi_new_year"),
    "onam|thiru onam|thiruvonam": _lunar("onam"),
    "raksha bandhan|rakhi|rakhi purnima": _lunar("raksha_bandhan"),
    "janmashtami|krishna janmashtami|gokulashtami": _lunar("janmashtami"),
    "ganesh chaturthi|vinayaka chaturthi|ganesha chaturthi": _lunar("ganesh_chaturthi"),
    "navaratri|navratri|durga puja|start of navaratri": _lunar("sharad_navratri"),
    "maha saptami": _lunar("maha_saptami"),
    "dussehra|dasara|vijayadashami|vijaya dashami|dashain": _lunar("dussehra"),
    "valmiki jayanti|maharishi valmiki jayanti|pargat diwas": _lunar("maharshi_valmiki_jayanti"),
    "karva chauth|karwa chauth": _lunar("karwa_chauth"),
    "dhanteras|dhanatrayodashi": _lunar("diwali_india", -2),
    "naraka chaturdashi|choti diwali|chhoti diwali|kali chaudas": _lunar("naraka_chaturdashi"),
    "diwali|deepavali|lakshmi puja": _lunar("diwali_india"),
    "govardhan puja|annakut": _lunar("govardhan_puja"),
    "bhai dooj|bhai duj|bhau beej|bhai beej": _lunar("bhai_dooj"),
    "chhath|chhath puja": _lunar("chhath_puja"),
    "guru nanak jayanti|guru nanak gurpurab|gurpurab|guru nanak birthday":
        _lunar("guru_nanak_jayanti"),
    "guru gobind singh jayanti|guru gobind singh birthday|guru govind singh jayanti":
        _lunar("guru_gobind_singh_jayanti"),
}  # fmt: skip
# A Jewish day begins with the sunset of the evening before.
_FROM_SUNSET: dict[str, DaysOfYear] = {
    "purim": _lunar("purim"),
    "shushan purim": _lunar("purim", 1),
    "passover|pesach": _lunar("passover"),
    "yom hashoah|holocaust remembrance day": _lunar("passover", 12),
    "lag bomer|lag baomer|lag b'omer|lag laomer": _lunar("lag_baomer"),
    "shavuot|feast of weeks|shavuos": _lunar("shavuot"),
    "rosh hashanah|rosh hashana|yom teruah|jewish new year": _lunar("rosh_hashanah"),
    "yom kippur|day of atonement": _lunar("yom_kippur"),
    "sukkot|feast of tabernacles|feast of booths|succos": _lunar("sukkot"),
    "hoshana rabbah": _lunar("sukkot", 6),
    "shemini atzeret": _lunar("sukkot", 7),
    "simchat torah": _lunar("sukkot", 8),
    "hanukkah|chanukah|hanukah|chanukkah|festival of lights": _lunar("hanukkah"),
}


def _by_name(names: Mapping[str, DaysOfYear]) -> Mapping[str, DaysOfYear]:
    return MappingProxyType(
        {normal(name.split()): rule for entry, rule in names.items() for name in entry.split("|")}
    )


def normal(words: Iterable[str]) -> str:
    """Return a name as it is compared: without hyphens, dots and what possessives add."""
    kept = ("".join(letter for letter in word if letter.isalnum()) for word in words)
    return " ".join(_singular(word) for word in kept if word)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


HOLIDAYS = _by_name(_NAMES | _FROM_SUNSET)
FROM_SUNSET = frozenset(_by_name(_FROM_SUNSET))
# What countries keep on days of their own; the person's country decides where it is known.
NATIONAL = frozenset(
    normal(name.split())
    for name in (
        "independence day", "thanksgiving", "thanksgiving day", "labor day", "labour day",
        "mothers day", "fathers day", "memorial day", "remembrance day", "veterans day",
        "national day", "republic day", "constitution day", "victory day", "liberation day",
        "childrens day", "teachers day", "family day", "kings day", "unity day", "may day",
    )
)  # fmt: skip
FIRST_WORDS = frozenset(
    word
    for entry in (*_NAMES, *_FROM_SUNSET)
    for name in entry.split("|")
    for word in (name.split()[0], name.split()[0].removesuffix("s"), name.split()[0] + "s")
)


def days_of(name: str, year: int, *, country: str | None = None) -> tuple[date, ...]:
    """Return the days of that name in a year, in order; none where no table reaches so far.

    ``country`` is an ISO 3166 code; its own day goes before the one the name has elsewhere.
    """
    if country is not None and (name in NATIONAL or name not in HOLIDAYS):
        found = _national(country, year).get(name, ())
        if found:
            return found
    rule = HOLIDAYS.get(name)
    return rule(year) if rule is not None else ()


@lru_cache(maxsize=64)
def _national(country: str, year: int) -> Mapping[str, tuple[date, ...]]:
    """Return the days of a country's year by name; nothing for a country without a table."""
    # Lazy: the tables are large and few sentences need them.
    from holidays import country_holidays  # noqa: PLC0415

    try:
        table = country_holidays(country, years=year, language="en_US")
    except NotImplementedError:
        return {}
    found: dict[str, tuple[date, ...]] = {}
    for day, names in sorted(table.items()):
        for name in names.split("; "):
            key = normal(name.casefold().split())
            found[key] = (*found.get(key, ()), day)
    return found
