"""The command line. Each command parses its options here and imports what it runs only then: help answers at once."""

from __future__ import annotations

import io
import os
import re
import sys
import traceback
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import PROJECT, Settings, load
from flows.terminal import print_json, say, talk
from tasks.errors import TaojinError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="taojin (淘金) turns scraped, damaged Chinese text into tables that can be trusted and queried.",
    epilog="Exit codes: 0 done, 1 publication blocked (or what --fail-on names) or a fault found, 2 wrong use or unreadable path, "
    "3 internal error. --debug shows a traceback.",
)
quarantine = typer.Typer(no_args_is_help=True, help="What was refused, why, and how to let it pass.")
app.add_typer(quarantine, name="quarantine")
rules = typer.Typer(no_args_is_help=True, help="What cleaning knows: its rules, what each did, what it would do to a file.")
app.add_typer(rules, name="rules")

Warehouse = Annotated[
    Path | None,
    typer.Option("--warehouse", "-w", metavar="DIR", help="Folder of the warehouse [default: warehouse/data; env TAOJIN_WAREHOUSE]."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, with the names of the tables' columns.")]
Runner = Annotated[
    str | None,
    typer.Option("--runner", metavar="RUNNER", help="Where batches are worked on: local, dask, or dask=tcp://HOST:PORT [default: local]."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only faults.")]


def _command(name: str):
    return import_module(f"flows.commands.{name}")


def _settings(warehouse: Path | None, **given: object) -> Settings:
    return load(warehouse=warehouse, **{k: v for k, v in given.items() if v is not None})


@app.command(epilog="Examples:  taojin ingest  ·  taojin ingest ~/crawl/2026-11 --workers 2  ·  taojin ingest s3://bucket/crawl/ --dry-run")
def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL ...", help="Files, folders and s3:// or https:// URLs [default: seeds/].", show_default=False),
    ] = None,
    warehouse: Warehouse = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Worker processes [default: one a core].")] = None,
    runner: Runner = None,
    batch_size: Annotated[str | None, typer.Option(metavar="BYTES", help="Bytes in a batch, such as 4MiB.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only files changed since: 2026-11-01, 2026-11-01T06:30, 36h or 7d.")
    ] = None,
    rehash: Annotated[bool, typer.Option("--rehash", help="Read every file again, and compute again what checks hold back.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and change nothing.")] = False,
    fail_on: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="Exit code 1 when blocked [default], on critical checks too, or on warn.")
    ] = None,
    timings: Annotated[bool, typer.Option("--timings", help="Say what took how long.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Take new and changed files through cleaning, enrichment and checks into a new generation. Safe to repeat."""
    settings = _settings(warehouse, workers=workers, runner=runner, batch_bytes=batch_size, fail_on=fail_on)
    return _command("ingest").run(
        settings, paths or [], since=since, rehash=rehash, dry_run=dry_run, timings=timings, quiet=quiet, as_json=json
    )


@app.command(
    epilog='Examples:  taojin sql "select title from articles"  ·  taojin sql .tables  ·  echo "select 1" | taojin sql --format csv'
)
def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="SQL, .tables, .schema TABLE, .examples, .example NAME; without it a prompt opens or standard input is read."),
    ] = None,
    fmt: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="table, json, csv or parquet.")] = "table",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
    ] = None,
    seconds: Annotated[float, typer.Option(metavar="N", min=0.1, help="Stop a query that takes longer.")] = 60.0,
    rows: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Rows of a result at most [default: 10,000 in a terminal, else all].")
    ] = None,
    memory: Annotated[str, typer.Option(metavar="SIZE", help="Stop a query that needs more.")] = "2GiB",
    warehouse: Warehouse = None,
) -> int:
    """Query the published tables, read-only; without a query, a prompt with history and completion opens."""
    return _command("sql").run(_settings(warehouse).warehouse, query, fmt, output, seconds, rows, memory)


@app.command(
    epilog="""Examples:  taojin search '农民工 工资'  ·  taojin search '"带薪休假" site:example.cn year:2010-2015' --json"""
)
def search(
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY", help='Words, "phrases" and fields: site: source: author: title: year:2012 year:2010-2015.'),
    ],
    limit: Annotated[int, typer.Option("--limit", "-n", metavar="N", min=1, max=10_000, help="Articles at most.")] = 10,
    warehouse: Warehouse = None,
    json: Json = False,
) -> int:
    """Find articles, best first; the hit stands between 【 and 】."""
    settings = _settings(warehouse)
    return _command("search").run(settings.warehouse, " ".join(query), limit, json, settings.cutter)


@app.command()
def path(warehouse: Warehouse = None) -> int:
    """Print the file of the current generation, for any DuckDB client."""
    return _command("path").run(_settings(warehouse).warehouse)


@app.command()
def status(
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="LEVEL", help="Exit code 1 when the last run failed or input is stale, on critical checks too, or on warn."),
    ] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> int:
    """What is published, what the last run did, which checks failed, what waits, what is stale, when the next run is due."""
    return _command("status").run(_settings(warehouse, fail_on=fail_on), as_json=json, fail_on=fail_on or "")


@app.command(epilog="Examples:  taojin explain page.txt  ·  taojin explain 0a3f9c --rule pinyin-gloss")
def explain(
    what: Annotated[str, typer.Argument(metavar="FILE|DOC_ID", help="A file's name or path, or the beginning of an id.")],
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Mark the edits of this rule only.")] = None,
    plain: Annotated[bool, typer.Option(help="No colour and no pager.")] = False,
    warehouse: Warehouse = None,
    json: Json = False,
) -> int:
    """Show a document as it came, with every edit and the rule that made it."""
    return _command("explain").run(_settings(warehouse).warehouse, what, rule, plain, json)


@app.command(epilog="Examples:  taojin restore page.txt -o page.txt  ·  taojin restore 0a3f9c > page.txt")
def restore(
    what: Annotated[str, typer.Argument(metavar="FILE_ID|DOC_ID", help="The beginning of an id, or a file's name.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write here instead of standard output.")] = None,
    warehouse: Warehouse = None,
) -> int:
    """Write the bytes of a seed file exactly as they came."""
    return _command("restore").run(_settings(warehouse).warehouse, what, output)


@app.command(epilog="Examples:  taojin verify  ·  taojin verify --mend")
def verify(
    mend: Annotated[bool, typer.Option("--mend", help="Make again what is at fault, from what is still there.")] = False,
    drop_lost: Annotated[
        bool, typer.Option("--drop-lost", help="With --mend: let files go whose bytes are lost, with all rows made of them.")
    ] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Check every digest, row count and law of the warehouse; exit code 1 when a fault is found."""
    return _command("verify").run(_settings(warehouse), quiet=quiet, as_json=json, mend=mend, drop_lost=drop_lost)


@app.command()
def rebuild(
    warehouse: Warehouse = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Worker processes [default: one a core].")] = None,
    runner: Runner = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Compute every table again from the kept bytes and publish a fresh generation."""
    return _command("rebuild").run(_settings(warehouse, workers=workers, runner=runner), quiet=quiet, as_json=json)


@app.command()
def forget(
    file_id: Annotated[
        str, typer.Argument(metavar="FILE_ID", help='The file_id in full (see: taojin sql "select name, file_id from seed_files").')
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept in the tombstone.")] = "",
    warehouse: Warehouse = None,
) -> int:
    """Remove a seed file's bytes and rows from the warehouse and from every kept generation, for good."""
    return _command("forget").run(_settings(warehouse).warehouse, file_id, yes, reason)


@app.command(epilog='Examples:  taojin serve --cron "0 2 * * *"  ·  taojin serve ~/crawl --watch  ·  taojin serve --every 300')
def serve(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL ...", help="Files, folders and s3:// or https:// URLs [default: seeds/].", show_default=False),
    ] = None,
    cron: Annotated[str | None, typer.Option(metavar="CRON", help='Five fields, such as "*/5 * * * *".')] = None,
    every: Annotated[float | None, typer.Option(metavar="SECONDS", min=5, help="Run at this interval.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run within seconds of a new or changed file.")] = False,
    port: Annotated[int, typer.Option(metavar="N", help="Port of Prefect's server, if none runs yet; 0 takes a free one.")] = 4200,
    runner: Runner = None,
    warehouse: Warehouse = None,
) -> int:
    """Ingest on a schedule or when files arrive, one run at a time, until SIGTERM or Ctrl-C."""
    return _command("serve").run(_settings(warehouse, runner=runner), paths or [], cron, every, watch, port)


@app.command(epilog="Examples:  taojin compact  ·  taojin compact --all")
def compact(
    everything: Annotated[bool, typer.Option("--all", help="Also remove leftovers of killed runs that are younger than a day.")] = False,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Merge small batches and files of single runs, and remove what nobody needs. No row changes; readers go on reading."""
    return _command("compact").run(_settings(warehouse), everything, quiet=quiet, as_json=json)


@app.command(epilog="Examples:  taojin backup /mnt/backup/taojin  ·  taojin backup -w /mnt/backup/taojin NEW_FOLDER  (restores it)")
def backup(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="An empty folder, or an earlier backup: then only what is new is copied.")],
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Copy the warehouse into a folder that is a warehouse itself; every file's digest is checked on the way."""
    return _command("backup").run(_settings(warehouse), target, quiet=quiet, as_json=json)


@app.command(epilog="Examples:  taojin export --parquet out  ·  taojin export --delta out --table articles  ·  taojin export --hf out")
def export(
    parquet: Annotated[Path | None, typer.Option(metavar="DIR", help="Parquet files, a folder a table; articles by year.")] = None,
    delta: Annotated[Path | None, typer.Option(metavar="DIR", help="Delta tables, a folder a table; articles by year.")] = None,
    jsonl: Annotated[Path | None, typer.Option(metavar="DIR", help="Articles as JSON objects with their metadata.")] = None,
    hf: Annotated[Path | None, typer.Option(metavar="DIR", help="Articles as a Hugging Face dataset folder.")] = None,
    table: Annotated[list[str] | None, typer.Option(metavar="NAME", help="This table [default: all]; may be given again.")] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Copy tables or articles of the current generation into a folder, with a dataset card; there whole or not at all."""
    targets = {"parquet": parquet, "delta": delta, "jsonl": jsonl, "hf": hf}
    return _command("export").run(_settings(warehouse), targets, table or [], quiet=quiet, as_json=json)


@app.command(epilog="Examples:  taojin diff  ·  taojin diff 3 7 --json")
def diff(
    old: Annotated[int | None, typer.Argument(help="A kept generation [default: the one before the current].", show_default=False)] = None,
    new: Annotated[int | None, typer.Argument(help="A kept generation [default: the current].", show_default=False)] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> int:
    """Compare two generations: rows, characters, documents and examples, rule by rule."""
    return _command("diff").run(_settings(warehouse).warehouse, old, new, as_json=json)


@app.command(epilog="Examples:  taojin dashboard  ·  taojin dashboard --port 0  ·  taojin dashboard --host 0.0.0.0 --allow-host my.example")
def dashboard(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Listen on this address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", help="Port; 0 takes a free one.")] = 4280,
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Answer requests for this name too.")] = None,
    warehouse: Warehouse = None,
) -> int:
    """Serve the web pages over the published warehouse: quality, articles, SQL. Reads only; follows new generations."""
    return _command("dashboard").run(_settings(warehouse), host, port, allow_host or [])


@app.command(epilog="Example:  taojin report -o report.html")
def report(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The file to write.")],
    language: Annotated[str, typer.Option(metavar="LANG", help="en or zh.")] = "en",
    warehouse: Warehouse = None,
) -> int:
    """Write the dashboard's overview as one self-contained HTML file."""
    settings = _settings(warehouse)
    return _command("report").run(settings.warehouse, output, language, settings.mask_private)


@quarantine.command("list")
def quarantine_list(warehouse: Warehouse = None, json: Json = False) -> int:
    """Open cases, newest first."""
    return _command("quarantine").run_list(_settings(warehouse).warehouse, as_json=json)


@quarantine.command("show", epilog="Example:  taojin quarantine show 2-1")
def quarantine_show(case: Annotated[str, typer.Argument(metavar="RUN-NO")], warehouse: Warehouse = None, json: Json = False) -> int:
    """One case: the row, the spot, and the command that tries it again."""
    return _command("quarantine").run_show(_settings(warehouse).warehouse, case, as_json=json)


@quarantine.command("retry", epilog="Examples:  taojin quarantine retry  ·  taojin quarantine retry --run 3")
def quarantine_retry(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="RUN-NO ...", help="Cases [default: all open ones].", show_default=False)
    ] = None,
    run: Annotated[int | None, typer.Option(metavar="RUN", help="All cases of one run.")] = None,
    warehouse: Warehouse = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Try refused documents again; the kept bytes are used."""
    return _command("quarantine").run_retry(_settings(warehouse), cases or [], run, quiet=quiet, as_json=json)


@quarantine.command(
    "discard", epilog="Examples:  taojin quarantine discard 2-1 --reason 'an empty test page'  ·  taojin quarantine discard --run 3"
)
def quarantine_discard(
    cases: Annotated[list[str] | None, typer.Argument(metavar="RUN-NO ...", help="Cases to let go.", show_default=False)] = None,
    run: Annotated[int | None, typer.Option(metavar="RUN", help="All open cases of one run.")] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with your name and the time.")] = "",
    warehouse: Warehouse = None,
    quiet: Quiet = False,
) -> int:
    """Let cases go that need no further work; recorded in quarantine_actions, the bytes stay."""
    return _command("quarantine").run_discard(_settings(warehouse), cases or [], reason, quiet, run)


@rules.command("list", epilog="Examples:  taojin rules list  ·  taojin rules list --json")
def rules_list(warehouse: Warehouse = None, json: Json = False) -> int:
    """Every rule with its label, its stage and its edits in the current generation."""
    return _command("rules").run_list(_settings(warehouse).warehouse, json)


@rules.command("show", epilog="Examples:  taojin rules show page.legal  ·  taojin rules show pinyin-gloss --json")
def rules_show(rule_id: Annotated[str, typer.Argument(metavar="ID")], warehouse: Warehouse = None, json: Json = False) -> int:
    """One rule: why it exists, specimens with the cut marked, look-alikes that it leaves alone."""
    return _command("rules").run_show(_settings(warehouse).warehouse, rule_id, json)


@rules.command("test", epilog="Examples:  taojin rules test page.txt  ·  taojin rules test page.txt --rule page.legal")
def rules_test(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any file; nothing is stored.")],
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Mark the edits of this rule only.")] = None,
    json: Json = False,
) -> int:
    """Decode, clean and split one file and show every edit, without a warehouse."""
    return _command("rules").run_test(file, rule, json)


@rules.command("mine", epilog="Examples:  taojin rules mine  ·  taojin rules mine --site news.example.cn -o proposals.toml")
def rules_mine(
    site: Annotated[str | None, typer.Option(metavar="SITE", help="One site only, by its host or by the name that its pages tell.")] = None,
    least: Annotated[int, typer.Option("--min-documents", metavar="N", help="Different articles that must repeat a line.")] = 5,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the proposals, as TOML to review.")] = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> int:
    """Find lines and blocks that the pages of a site repeat, and propose rules; a person accepts them."""
    return _command("rules").run_mine(_settings(warehouse).warehouse, site, least, output, json)


def _version(value: bool) -> None:
    if value:
        try:
            number = version("taojin")
        except PackageNotFoundError:  # run from a checkout through the launcher
            text = (PROJECT / "pyproject.toml").read_text("utf-8")
            number = text.partition('version = "')[2].partition('"')[0]
        say(f"taojin {number}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Each error is one sentence and the next step."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 shows codes for what it has no letter for
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = _told(arguments)
    server = sys.modules.get("flows.server")
    if arguments is None and server and server.LOST.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # everything of ours is at its end; Prefect's threads would keep the process for minutes
    return code


def _told(arguments: list[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [a for a in given if a != "--debug"]
    if (before := _before_empty(given)) is not None:
        talk(f"The argument {f'of {before}' if before.startswith('-') else 'after ' + before} is empty.", "red")
        talk("An empty path would mean the current folder. Is a variable not set that names it?")
        return 2
    try:
        return int(app(given, prog_name="taojin", standalone_mode=False) or 0)
    except TaojinError as error:
        if debug:
            traceback.print_exc()
        if "--json" in given:
            print_json({"error": error.message, "hint": error.hint})
        talk(error.message, "red")
        if error.hint:
            talk(error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        talk("Stopped. Finished batches are kept; run the same command to go on.")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # a reader that left early is no error
        return 0
    except Exception as error:
        if hasattr(error, "format_message"):  # click's own errors of use
            talk(_of_use(error), "red")
            return 2
        if type(error).__name__ in ("Abort", "Exit"):
            return getattr(error, "exit_code", 2)
        if debug:
            traceback.print_exc()
        if isinstance(error, OSError) and error.filename:
            talk(f"{os.fsdecode(error.filename)}: {error.strerror or type(error).__name__}.", "red")
            talk("Name a place that exists and that you may use so. --debug shows where it was met.")
            return 2
        if "duckdb" in type(error).__module__ and (told := _of_generation(error)):
            for sentence in told:
                talk(sentence, "red" if sentence is told[0] else None)
            return 1
        talk(f"Internal error: {type(error).__name__}: {error}", "red")
        talk("The warehouse is unchanged or holds only finished batches. Repeat with --debug for the traceback.")
        return 3


def _before_empty(given: list[str]) -> str | None:
    """What stands before an empty argument, as an unset variable of a shell leaves it; None where there is none."""
    for before, argument in pairwise(["taojin", *given]):
        if argument == "" and before != "--reason" and not (given[0] in ("sql", "search") and not before.startswith("-")):
            return before
        if argument.startswith("--") and argument.endswith("=") and argument != "--reason=":
            return argument[:-1]
    return None


def _of_use(error: Exception) -> str:
    """An error of use as a sentence that names the page of help to read."""
    said = error.format_message().strip()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "taojin"
    return said if "help" in said else f"{said}{'' if said[-1:] in '.?!' else '.'} See {command} --help."


def _of_generation(error: Exception) -> tuple[str, str] | None:
    """A published file that cannot be read, or that other code made, as a sentence and the next step; else None."""
    said = str(error).splitlines()[0]
    if type(error).__name__ in ("CatalogException", "BinderException"):
        return f"The published generation lacks what this taojin asks of it ({said}).", "`taojin ingest` publishes it anew."
    if re.search("checksum|corrupt|not a valid DuckDB|read from file|too small|seriali[sz]", said, re.IGNORECASE):
        return f"The published generation cannot be read ({said}).", "`taojin verify --mend` makes it again from the truth."
    return None


if __name__ == "__main__":
    sys.exit(main())
