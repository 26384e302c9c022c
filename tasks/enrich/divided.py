"""The data file divisions.tsv, made anew: administrative divisions of China by their GB/T 2260 codes.

    python -m tasks.enrich.divided CHINA_DIVISION GB2260

Codes, names and levels are facts of the standard GB/T 2260, taken from two published packages:

    china-division 2.7.0 (npm, MIT; LICENSE in the package: WTFPL)   what stands in 2023, from its folder `dist`
    GB2260 0.4.1 (PyPI, BSD)                                         yearly states 2002 to 2013, from its file `data.py`

Left out: placeholders that are no place (市辖区, 县, 市, 省直辖县级行政区划), and development zones, which the statistical office
numbers xxxx70 to xxxx79 and the standard does not. Townships are not needed. A row is a code with one of its names and the
years in which the sources show it: a place that was renamed has two rows, one that was dissolved a last year.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("divisions.tsv")
NOW = 2023
PLACEHOLDERS = ("市辖区", "县", "市")
ZONES = range(70, 80)
HEAD = (
    "# Administrative divisions: code (GB/T 2260), name, first and last year in which the sources show it.\n"
    "# An empty first year: 2002 or before; an empty last year: it stands in 2023. Made by tasks/enrich/divided.py from\n"
    "# china-division 2.7.0 (npm, MIT) and GB2260 0.4.1 (PyPI, BSD): code, name and level only.\n"
)


def main(china_division: Path, gb2260: Path) -> None:
    """Write the table from the two packages' folders."""
    years = {NOW: _current(china_division / "dist")} | _past(gb2260 / "data.py")
    rows = {}
    for year in sorted(years):
        for code, name in years[year].items():
            first, _ = rows.get((code, name), (year, year))
            rows[code, name] = first, year
    lines = [
        f"{code}\t{name}\t{first if first > min(years) else ''}\t{last if last < NOW else ''}"
        for (code, name), (first, last) in sorted(rows.items(), key=lambda row: (row[0][0], row[1]))
    ]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    print(f"{TARGET.name}: {len(lines)} rows, {TARGET.stat().st_size} bytes")


def _current(folder: Path) -> dict[str, str]:
    found = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
    for name in ("provinces", "cities", "areas"):
        for row in json.loads((folder / f"{name}.json").read_text("utf-8")):
            found[row["code"].ljust(6, "0")] = row["name"]
    return {code: name for code, name in found.items() if _is_place(code, name)}


def _past(source: Path) -> dict[int, dict[str, str]]:
    """The states at the ends of years; those of single months (200306) add nothing."""
    states = runpy.run_path(str(source))["data"]
    return {
        year: {str(code): name for code, name in states[year].items() if _is_place(str(code), name)}
        for year in states if year is not None and year < 10_000
    }


def _is_place(code: str, name: str) -> bool:
    return name not in PLACEHOLDERS and "直辖" not in name and int(code[4:]) not in ZONES


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
