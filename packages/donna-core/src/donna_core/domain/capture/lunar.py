"""Days that follow the moon: Chinese, Buddhist, Hebrew, Hindu, Islamic and Persian calendars."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache

_FEASTS = (
    "chinese_new_years_day", "qingming_festival", "dragon_boat_festival", "mid_autumn_festival",
    "double_ninth_festival", "vesak_may", "nowruz_day", "ramadan_beginning_day",
    "laylat_al_qadr_day", "eid_al_fitr_day", "eid_al_adha_day", "islamic_new_year_day",
    "ashura_day", "mawlid_day", "isra_and_miraj_day", "makar_sankranti", "pongal", "thaipusam",
    "basant_panchami", "guru_ravidas_jayanti", "maha_shivaratri", "holi", "gudi_padwa",
    "ram_navami", "mahavir_jayanti", "hanuman_jayanti", "vaisakhi", "rabindranath_birthday",
    "rath_yatra", "guru_purnima", "parsi_new_year", "onam", "raksha_bandhan", "janmashtami",
    "ganesh_chaturthi", "sharad_navratri", "maha_saptami", "dussehra", "maharshi_valmiki_jayanti",
    "karwa_chauth", "naraka_chaturdashi", "diwali_india", "govardhan_puja", "bhai_dooj",
    "chhath_puja", "guru_nanak_jayanti", "guru_gobind_singh_jayanti", "chinese_birthday_of_buddha",
    "dongzhi_festival", "hanshi_festival", "mid_shaban_day", "arbaeen_day", "jumuatul_wida",
    "kali_puja", "maha_navami", "maha_ashtami", "anant_chaturdashi", "hola_mohalla",
    "naag_panchami", "hartalika_teej", "guru_arjun_dev_martyrdom_day", "puthandu", "vishu",
    "pohela_boishakh", "varalakshmi_vratam", "chaitra_navratri", "purim", "passover",
    "lag_baomer", "shavuot", "rosh_hashanah", "yom_kippur", "sukkot", "hanukkah",
)  # fmt: skip
_COVERED = range(1948, 2101)  # years that every table of the library reaches or skips


@lru_cache(maxsize=64)
def lunar_days(year: int) -> Mapping[str, tuple[date, ...]]:
    """Return the feasts of a Gregorian year by name; those beyond the tables are missing.

    Source: the tables of the ``holidays`` library (Islamic days by the Umm al-Qura calendar).
    """
    found: dict[str, tuple[date, ...]] = {}
    if year not in _COVERED:
        return found
    for day, names in sorted(_calendar()(year).items()):
        for name in names.split("; "):
            found[name] = (*found.get(name, ()), day)
    return found


@cache
def _calendar() -> Callable[[int], Mapping[date, str]]:
    """Return what makes the calendar of a year, built the way the library builds a country's."""
    # Lazy: the tables are large and few sentences need them.
    from holidays.groups import (  # type: ignore[attr-defined] # noqa: PLC0415  # only a holiday's name pays for it
        BuddhistCalendarHolidays,
        ChineseCalendarHolidays,
        HebrewCalendarHolidays,
        HinduCalendarHolidays,
        IslamicHolidays,
        PersianCalendarHolidays,
    )
    from holidays.holiday_base import HolidayBase  # noqa: PLC0415  # only the name of a feast pays for it

    class Feasts(
        HolidayBase,
        BuddhistCalendarHolidays,
        ChineseCalendarHolidays,
        HebrewCalendarHolidays,
        HinduCalendarHolidays,
        IslamicHolidays,
        PersianCalendarHolidays,
    ):
        country = "feasts"
        start_year = 1
        estimated_label = "%s"

        def __init__(self, year: int) -> None:
            BuddhistCalendarHolidays.__init__(self)
            ChineseCalendarHolidays.__init__(self)
            HebrewCalendarHolidays.__init__(self)
            HinduCalendarHolidays.__init__(self)
            IslamicHolidays.__init__(self)
            PersianCalendarHolidays.__init__(self)
            HolidayBase.__init__(self, years=year, observed=False)

        def _populate_public_holidays(self) -> None:
            for feast in _FEASTS:
                getattr(self, f"_add_{feast}")(feast)

    return Feasts
