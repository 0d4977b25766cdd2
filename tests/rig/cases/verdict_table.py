"""Puts the table of faults into docs/verdict.md: python -m tests.rig.cases.verdict_table FOLDER.

FOLDER has a file for each method, as tests leave them there that run with RIG_TABLE=FOLDER.
"""

from pathlib import Path
import sys

from .faults import CASES

_PAGE = Path(__file__).parents[3] / "docs/verdict.md"
_BEGIN = "<!-- table of faults: scripts/rig -->\n"
_END = "<!-- end of table -->\n"
_HEADS = {
    "stamped": "`stamped`",
    "thorough": "`thorough`",
    "patterns": "`patterns`",
    "badblocks": "bare `badblocks -w`",
    "fio": "`fio --verify=crc32c`",
}


def table(folder: Path) -> str:
    """Return the table in Markdown, of the methods that there are."""
    columns = {
        method: dict(
            line.split("\t", 1) for line in (folder / method).read_text().splitlines()
        )
        for method in _HEADS
        if (folder / method).exists()
    }
    rows = [
        ["fault", *(_HEADS[method] for method in columns)],
        ["---"] * (len(columns) + 1),
        *(
            [case.words, *(column.get(case.name, "") for column in columns.values())]
            for case in CASES
            if any(case.name in column for column in columns.values())
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main(folder: Path) -> None:
    """Replace what stands between the marks."""
    page = _PAGE.read_text()
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    _PAGE.write_text(f"{before}{_BEGIN}{table(folder)}{_END}{after}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
