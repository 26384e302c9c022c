"""The prompt of `taojin sql`: history, completion, many lines a statement, a pager for long answers.

Python's own readline does the editing, where Python was built with it; without it lines are read as they come.
History is kept in the user's state folder, readable for nobody else, one line a statement.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import sys
from pathlib import Path

from flows.commands.examples import examples
from flows.commands.sql import COMMANDS, FORMATS, NAMES, answer, counted, fetch, print_lines, print_rows, resolve, rows_of, told, too_wide
from flows.commands.sql_session import Session
from flows.terminal import OUT, literal, say, talk
from tasks.errors import UsageError

try:
    import readline
except ImportError:  # Python without readline, as on Windows
    readline = None  # type: ignore[assignment]

HISTORY = 2_000  # statements kept
OWN = {
    ".mode": (f"[{'|'.join(m for m in (*FORMATS[:3], 'line'))}]", "how rows are shown; line: a value a line"),
    ".timer": ("[on|off]", "whether rows and time are told"),
    ".pager": ("[on|off]", "whether answers longer than the screen go to $PAGER"),
    ".help": ("", "this"),
    ".quit": ("", "leave; also Ctrl-D"),
}
KEYWORDS = ("select from where group by order having limit offset distinct join left inner using on as and or not in is null like ilike "
            "between case when then else end with recursive union all except intersect exists cast values describe summarize explain asc "
            "desc over partition qualify unnest filter sample").split()  # fmt: skip
# What a semicolon inside does not end: strings, quoted names, dollar quotes, comments; an open one runs to the end.
_QUOTED = re.compile(r"'(?:[^']|'')*(?:'|\Z)|\"(?:[^\"]|\"\")*(?:\"|\Z)|\$\$.*?(?:\$\$|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_WORD = re.compile(r"[\w.$]*\Z")


def is_complete(text: str) -> bool:
    """Whether a statement ends here: with a semicolon outside of quotes and comments."""
    return not is_open(text) and _QUOTED.sub(" ", text).rstrip().endswith(";")


def is_open(text: str) -> bool:
    """Whether a quote or a comment goes on in the next line."""
    return any(not _closed(m[0]) for m in _QUOTED.finditer(text))


def _closed(piece: str) -> bool:
    if piece.startswith("--"):
        return True
    if piece.startswith(("/*", "$$")):
        return len(piece) >= 4 and piece.endswith("*/" if piece[0] == "/" else "$$")
    return len(piece) >= 2 and piece.count(piece[0]) % 2 == 0


class Completer:
    """Words that fit: commands after a dot, columns of the table before a dot, else tables, columns, macros and SQL's own words."""

    def __init__(self, session: Session) -> None:
        names = fetch(session, NAMES)
        self.tables = sorted(n["name"] for n in names if n["kind"] == "table" and not n["name"].startswith("_"))
        self.columns = sorted({n["name"] for n in names if n["kind"] == "column"})
        self.macros = sorted({f"{n['name']}(" for n in names if n["kind"] == "macro"})
        self.functions = sorted({f"{n['name']}(" for n in names if n["kind"] == "function"})
        columns = fetch(session, "select table_name as t, column_name as c from duckdb_columns() where not internal")
        self.of_table = {t: sorted(r["c"] for r in columns if r["t"] == t) for t in self.tables}

    def matches(self, line: str, pending: str = "") -> list[str]:
        """Completions of the last word of a line; `pending` are the statement's lines above."""
        if not pending and line.lstrip().startswith("."):
            return self._after_command(line.lstrip())
        word = _WORD.search(line)[0]  # type: ignore[index]
        table, dot, start = word.rpartition(".")
        if dot:
            owner = self._aliases(f"{pending}\n{line}").get(table.lower(), table)
            columns = self.of_table.get(owner, self.columns)  # of any table while FROM is still to come
            return [f"{table}.{c}" for c in columns if c.startswith(start)]
        if not word:
            return []
        before = re.split(r"\s+", line[: len(line) - len(word)].strip().lower())[-1]
        kinds = [self.tables, self.macros] if before in ("from", "join", "describe", "summarize") else [
            self.columns, self.tables, self.macros, KEYWORDS]  # fmt: skip
        low = word.lower()
        found = [w for kind in kinds for w in kind if w.lower().startswith(low)]
        found = found or [w for w in self.functions if w.startswith(low)]
        return list(dict.fromkeys(found))

    def _after_command(self, line: str) -> list[str]:
        command, space, start = line.partition(" ")
        if not space:
            return [c + " " * bool(p) for c, (p, _) in (COMMANDS | OWN).items() if c.startswith(command)]
        choices = {
            ".schema": [*self.tables, *(m.rstrip("(") for m in self.macros)],
            ".example": [e.name for e in examples()],
            ".mode": [*FORMATS[:3], "line"],
            ".timer": ["on", "off"],
            ".pager": ["on", "off"],
        }
        return [c for c in choices.get(command, ()) if c.startswith(start)]

    def _aliases(self, text: str) -> dict[str, str]:
        found = re.findall(r"\b(?:from|join)\s+(\w+)\s+(?:as\s+)?(\w+)", text, re.I)
        return {alias.lower(): table for table, alias in found}


class Prompt:
    """One session of a person."""

    def __init__(self, session: Session, fmt: str = "table") -> None:
        self.session = session
        self.mode = fmt
        self.timer = self.pager = True
        self.pending = ""
        self.completer: Completer | None = None

    def serve(self) -> int:
        """Read statements until end of file; a statement ends with a semicolon, an empty line or as a dot command."""
        self._edit()
        talk("Read-only SQL over the published tables. .help lists commands, Tab completes, Ctrl-D leaves.", "dim")
        while True:
            try:
                line = input("taojin> " if not self.pending else "   ...> ")
            except EOFError:
                say()
                return 0
            except KeyboardInterrupt:
                say()
                self.pending = ""
                continue
            if not self.pending and line.strip().rstrip(";").lower() in ("exit", "quit", ".exit", ".quit", ".q"):
                return 0
            if self.pending and not is_open(self.pending) and (line.split() or [""])[0].rstrip(";") in COMMANDS | OWN:
                self._carry_out(line.strip())  # the statement above stays open
                continue
            text = f"{self.pending}\n{line}" if self.pending else line
            if not text.strip():
                continue
            if text.lstrip().startswith(".") or is_complete(text) or (not line.strip() and not is_open(text)):
                self._remember(text)
                self.pending = ""
                self._carry_out(text.strip())
            else:
                self.pending = text

    def _carry_out(self, text: str) -> None:
        try:
            if text.startswith(".") and self._own(text):
                return
            if self.mode in ("table", "line"):
                self._show(text)
            else:
                answer(self.session, text, self.mode)
        except UsageError as error:
            talk(error.message, "red")
            if error.hint:
                talk(error.hint)
        except KeyboardInterrupt:
            self.session.close()
            talk("Stopped.")

    def _show(self, text: str) -> None:
        """Rows through the pager where they fill more than the screen."""
        sql, values = resolve(self.session, text)
        with told(self.session):
            for result in self.session.run(sql, values):
                rows = list(rows_of(result.batches))
                high = len(rows) * (len(result.columns) + 1 if self.mode == "line" or too_wide(result, rows) else 1)
                with self._paged(high + 2):
                    if self.mode == "line":
                        print_lines([literal(c) for c in result.columns], rows)
                    else:
                        print_rows(result, rows)
                if result.more:
                    talk(f"Only the first {self.session.limits.rows:,} rows are shown; limit or --rows N changes that.", "yellow")
                if self.timer:
                    talk(counted(len(rows), result.seconds), "dim")

    @contextlib.contextmanager
    def _paged(self, high: int):
        if not self.pager or not sys.stdout.isatty() or high < shutil.get_terminal_size().lines:
            yield
            return
        os.environ.setdefault("LESS", "-FIRSX")
        with OUT.pager(styles=True):
            yield

    def _own(self, text: str) -> bool:
        """Commands that only the prompt has."""
        word, _, name = text.rstrip(";").partition(" ")
        name = name.strip()
        if word == ".help":
            for command, (parameters, says) in (COMMANDS | OWN).items():
                say(f"{f'{command} {parameters}':<40}{says}")
            say("A statement ends with a semicolon or an empty line; Ctrl-C drops it, or stops the one that runs.")
            return True
        if word == ".mode":
            if name and name not in (*FORMATS[:3], "line"):
                raise UsageError(f"There is no mode {name!r}.", f"Choose one of {', '.join(FORMATS[:3])}, line.")
            self.mode = name or self.mode
            talk(f"mode {self.mode}", "dim")
            return True
        if word in (".timer", ".pager"):
            if name not in ("", "on", "off"):
                raise UsageError(f"{word} is on or off.", f"For example: {word} off")
            setattr(self, word[1:], name != "off" if name else not getattr(self, word[1:]))
            talk(f"{word[1:]} {'on' if getattr(self, word[1:]) else 'off'}", "dim")
            return True
        return False

    def _edit(self) -> None:
        if readline is None:
            return
        readline.set_completer_delims(" \t\n,()=<>+-*/%|;'\"[]{}")
        readline.set_completer(self._complete)
        readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
        if "libedit" not in (readline.__doc__ or ""):
            readline.parse_and_bind("set completion-ignore-case on")
            readline.parse_and_bind("set show-all-if-ambiguous on")
            readline.parse_and_bind("set enable-bracketed-paste on")
        path = history_path()
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            readline.read_history_file(path)
        readline.set_history_length(HISTORY)
        atexit.register(_keep, path)

    def _complete(self, _word: str, number: int) -> str | None:
        """readline's question: the n-th completion. It wants the part that it takes for a word replaced."""
        try:
            if self.completer is None:
                self.completer = Completer(self.session)
            line = readline.get_line_buffer()[: readline.get_endidx()]
            begun = line[readline.get_begidx() :]
            found = self.completer.matches(line, self.pending)
            whole = _WORD.search(line)[0] if not line.lstrip().startswith(".") else begun  # type: ignore[index]
            cut = max(len(whole) - len(begun), 0)
            return found[number][cut:] if number < len(found) else None
        except Exception:  # a completion must never end the prompt
            return None

    def _remember(self, text: str) -> None:
        """A statement of many lines becomes one entry, unless a comment would swallow the rest of the line."""
        lines = [line for line in text.split("\n") if line.strip()]
        if readline is None or len(lines) < 2 or "--" in text:
            return
        with contextlib.suppress(ValueError):
            for _ in lines:
                readline.remove_history_item(readline.get_current_history_length() - 1)
        readline.add_history(" ".join(line.strip() for line in lines))


def history_path() -> Path:
    """Where statements are remembered."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "taojin" / "sql_history"


def _keep(path: Path) -> None:
    with contextlib.suppress(OSError):
        readline.write_history_file(path)
        path.chmod(0o600)
