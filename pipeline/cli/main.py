"""`congvan`: the commands by name, and the one place that turns errors into exit codes."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from models.errors import CongvanError
from pipeline import config
from pipeline.cli.app import App, log_to_stderr, say
from pipeline.config import Config
from pipeline.execute.local import LetterReader

# Imported on use: engines and language models take seconds to load, and most commands need none of them.
_COMMANDS = {
    "extract": "reading",
    "ingest": "reading",
    "show": "questions",
    "links": "questions",
    "search": "questions",
    "wanted": "questions",
    "misfits": "research",
    "cited-by": "research",
    "path": "research",
    "chain": "research",
    "cite": "research",
    "saved": "saved",
    "authorities": "authorities",
    "register": "archive",
    "export": "archive",
    "projects": "projects",
    "evaluate": "measure",
    "doctor": "operation",
    "check": "operation",
    "status": "operation",
    "nightly": "nightly",
    "retry": "nightly",
    "worker": "nightly",
    "backfill": "backfill",
    "diff": "backfill",
    "quarantine": "operation",
    "db": "operation",
    "serve": "serve",
    "review": "serve",
}


class Commands(click.Group):
    """The commands above, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names in the order of the table above."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None if no command is called so."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(importlib.import_module(f"pipeline.cli.{_COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--database", metavar="URL", help="Store to use; default CONGVAN_DATABASE, else SQLite in data/processed/."
)
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.version_option(package_name="congvan")
@click.pass_context
def cli(ctx: click.Context, database: str | None, verbose: bool) -> None:
    """Read scanned Vietnamese official letters into a store, each linked to the decisions it cites."""
    log_to_stderr(verbose)
    if ctx.obj is None:
        ctx.obj = App(config.load(os.environ, database=database), make_reader)
    elif database:
        ctx.obj = App(config.load({}, database=database), ctx.obj.make_reader)


def make_reader(settings: Config) -> LetterReader:
    """The real reader, imported when the first file is read."""
    reading = importlib.import_module("pipeline.run")
    limits = importlib.import_module("pipeline.ingest").Limits(
        settings.max_bytes, settings.max_pages, settings.max_pixels, settings.max_seconds
    )
    reader: LetterReader = reading.Reader(limits)
    return reader


class Terminated(BaseException):
    """SIGTERM arrived; a BaseException so that nothing on the way takes it for a fault of a document."""


def run(args: Sequence[str], app: App | None = None) -> int:
    """Run one command; its exit code. Every error of the program ends here."""
    try:
        code = cli.main(args=list(args), prog_name="congvan", standalone_mode=False, obj=app)
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return 130
    except Terminated:
        return 143
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CongvanError as error:
        say(f"congvan: {error}")
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away (`congvan links | head`): not our fault, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        logging.getLogger("congvan").debug("%s", traceback.format_exc())
        say(f"congvan: {type(error).__name__}: {error} (a bug; run again with -v for the traceback)")
        return 1


def keep_output_for_data() -> None:
    """Give standard output to this program alone: what libraries and their programs print there goes to the errors."""
    try:
        sys.stdout.flush()
        data = os.dup(1)
        os.dup2(2, 1)
    except (OSError, ValueError):
        return  # started without one of the two
    sys.stdout = open(data, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)  # noqa: SIM115 - lives on


def main() -> None:
    """Entry of the console command."""

    def terminate(_signal: int, _frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    keep_output_for_data()
    sys.exit(run(sys.argv[1:]))
