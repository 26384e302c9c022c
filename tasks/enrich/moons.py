"""The data file lunar.tsv, made anew: the Chinese calendar from 1900 to 2060, one line a year.

    python -m tasks.enrich.moons

Needs the package borax (PyPI, MIT), which is no dependency. Facts of the calendar only: the day of New Year, the leap month, the
lengths of the months and the day of 清明. A line is: year, month and day of 正月初一, the leap month (0 where none), for each
month in turn 1 where it has 30 days and 0 where it has 29 (the leap month after its namesake), and the day of 清明 in April.
"""

from __future__ import annotations

from pathlib import Path

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils

TARGET = Path(__file__).with_name("lunar.tsv")
YEARS = range(1900, 2061)
HEAD = (
    "# The Chinese calendar: year, 正月初一, leap month or 0, months in turn (1: 30 days, 0: 29), day of 清明 in April.\n"
    "# Made by tasks/enrich/moons.py with borax 4.1.3 (PyPI, MIT).\n"
)


def made() -> str:
    """The file's text."""
    lines = []
    for year in YEARS:
        leap = LCalendars.leap_month(year)
        months = []
        for month in range(1, 13):
            months.append(LCalendars.ndays(year, month, 0))
            if month == leap:
                months.append(LCalendars.ndays(year, month, 1))
        new_year = LunarDate(year, 1, 1, 0).to_solar_date()
        bright = TermUtils.nth_term_day(year, TermUtils.name2index("清明"))
        lines.append(f"{year}\t{new_year:%m-%d}\t{leap}\t{''.join('1' if days == 30 else '0' for days in months)}\t{bright.day}")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(made(), "utf-8")
