"""Puts the table of faults into docs/verdict.md: python -m tests.rig.cases.verdict_table FOLDER.

FOLDER has a file for each method, as tests leave them there that run with RIG_TABLE=FOLDER.
"""

from pathlib import Path
import sys

from .faults import CASES, Case

_PAGE = Path(__file__).parents[3] / "docs/verdict.md"
_BEGIN = "<!-- table of faults: scripts/rig -->\n"
_END = "<!-- end of table -->\n"
_HEADS = {
    "stamped": "`full`",
    "thorough": "`thorough`",
    "patterns": "`classic`",
    "badblocks": "bare `badblocks -w`",
    "fio": "`fio --verify=crc32c`",
}


def verdicts(folder: Path) -> str:
    """Return what each method that has run said of each fault, in Markdown."""
    columns = {
        method: _column(folder / method)
        for method in _HEADS
        if (folder / method).exists()
    }
    return _table(
        ["fault", *(_HEADS[method] for method in columns)],
        [
            [case.words, *(_cell(case, column) for column in columns.values())]
            for case in CASES
        ],
    )


def words(folder: Path) -> str:
    """Return what a person reads after `thorough`, which sees most."""
    said = _column(folder / "thorough-words")
    return _table(
        ["fault", "what Home Assistant says after `thorough`"],
        [[case.words, said[case.name]] for case in CASES if said[case.name]],
    )


def _cell(case: Case, column: dict[str, str]) -> str:
    """Return a verdict; a pass that is not deserved is bold."""
    text = column[case.name]
    return f"**{text}**" if text == "passes" and not case.sound else text


def _column(path: Path) -> dict[str, str]:
    return dict(line.split("\t", 1) for line in path.read_text().splitlines())


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))


def main(folder: Path) -> None:
    """Replace what stands between the marks by tables of a whole run."""
    page = _PAGE.read_text()
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    _PAGE.write_text(
        f"{before}{_BEGIN}{verdicts(folder)}\n{words(folder)}{_END}{after}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
