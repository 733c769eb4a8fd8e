"""`python -m bot`: what an operator can do. Heavy parts are imported only when they are used."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    help="Handrail: anonymous peer support and counseling referral, as a pair of Telegram bots.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
content = typer.Typer(help="What people read.", no_args_is_help=True)
crisis = typer.Typer(help="The crisis directory.", no_args_is_help=True)
app.add_typer(content, name="content")
app.add_typer(crisis, name="crisis")


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page is served.")] = 8080,
    data: Annotated[
        Path | None, typer.Option(help="Folder to keep it in; a fresh one without.")
    ] = None,
) -> None:
    """Simulator, both bots and sample people: open the page and chat as anyone."""
    from bot import demo as demo_module

    _run(demo_module.run(port, data))


@app.command()
def run(
    which: Annotated[str, typer.Argument(help="all, student or staff")] = "all",
) -> None:
    """The real thing, by long polling or webhook as settings.toml says."""
    from bot import commands

    if which not in {"all", "student", "staff"}:
        _fail(f"there is no bot {which!r}: say all, student or staff")
    _run(commands.run(("student", "staff") if which == "all" else (which,)))


@app.command()
def migrate(
    new_campus: Annotated[
        bool, typer.Option(help="Make campus.id one more campus of a database that has others.")
    ] = False,
) -> None:
    """Bring the database to the newest schema."""
    from bot import commands

    _run(commands.migrate(new_campus=new_campus))


@app.command()
def invite(
    role: Annotated[str, typer.Option(help="counselor, editor, adviser or admin")],
) -> None:
    """Print a one-time code that makes its bearer staff."""
    from bot import commands

    _run(commands.invite(role))


@app.command(name="campus-codes")
def campus_codes(
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many to make.")] = 20,
) -> None:
    """Print one-time codes to hand out to students; only keyed hashes are kept."""
    from bot import commands

    _run(commands.campus_codes(count))


@app.command()
def revoke(
    number: Annotated[
        int | None, typer.Argument(help="Which one of the list; without it, print the list.")
    ] = None,
) -> None:
    """Take away somebody's staff access, at once."""
    from bot import commands

    _run(commands.revoke(number))


@app.command()
def screen() -> None:
    """Risk screen: JSON lines {"text": …} in, one JSON line each out."""
    from bot import screen_lines

    # JSON lines are UTF-8 whatever the terminal speaks
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    _run(screen_lines.run(sys.stdin, sys.stdout))


@app.command()
def doctor() -> None:
    """Check settings, keys, database, content and the Bot API; one line each."""
    from bot import doctor as doctor_module

    if not _run(doctor_module.run()):
        raise typer.Exit(1)


@app.command()
def parked(
    what: Annotated[str, typer.Argument(help="list, or retry to handle them again")] = "list",
) -> None:
    """Updates that could not be handled: list them, or put them back. Never shows words."""
    from bot import commands

    if what not in {"list", "retry"}:
        _fail(f"parked can list or retry, not {what!r}")
    _run(commands.parked_list() if what == "list" else commands.parked_retry())


@content.command()
def check() -> None:
    """Check every text, the lexicon and the crisis directory."""
    from bot import content_check

    faults, unsigned = content_check.faults(), content_check.signatures().unsigned
    if unsigned:
        files = ", ".join(f"content/{name}" for name in unsigned)
        typer.echo(f"unsigned, nobody qualified has reviewed them yet: {files}", err=True)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo("content: no faults")


@crisis.command(name="list")
def crisis_list(
    region: Annotated[
        str | None, typer.Option(help="Only this one, for example CN; all without it.")
    ] = None,
) -> None:
    """What wants an operator's check; your own region stands first."""
    from bot import commands

    _run(commands.crisis_list(region))


@crisis.command(name="confirm")
def crisis_confirm(
    entry: Annotated[str, typer.Argument(help="The entry's id, as `crisis list` prints it.")],
    by: Annotated[str, typer.Option(help="Who checked it.")],
    seen: Annotated[str, typer.Option(help="The number that was dialed or read.")],
) -> None:
    """Record that somebody dialed a number or read the service's own page today."""
    from bot import commands

    _run(commands.crisis_confirm(entry, by, seen))


@app.command(name="make-key")
def make_key() -> None:
    """Print a fresh key for HANDRAIL_KEYS. Put it before the older ones."""
    import secrets

    from storage.encryption import make_master_key

    typer.echo(make_master_key("k" + secrets.token_hex(3)))


@app.command(name="rotate-keys")
def rotate_keys() -> None:
    """Wrap every key again under the first key of HANDRAIL_KEYS."""
    from bot import commands

    _run(commands.rotate_keys())


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the database, consistently, while everything runs."""
    from bot import commands

    _run(commands.backup(target))


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    force: Annotated[bool, typer.Option(help="Replace a database that holds people.")] = False,
) -> None:
    """Put a backup in place of the database; stop the bots first."""
    from bot import commands

    _run(commands.restore(source, force=force))


def _run(work: Any) -> Any:
    from bot import tasks
    from bot.faults import explain, unforeseen

    try:
        return tasks.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except BrokenPipeError:
        # whoever reads us has seen enough (`| head`); Python must not complain on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except Exception as fault:
        explained = explain(fault)
        if explained is None:
            _fail(unforeseen(fault), status=1)
        _fail(explained)


def _fail(message: str, status: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


if __name__ == "__main__":
    # database, backups, keys: nobody else on this machine reads what we write
    os.umask(0o077)
    app()
