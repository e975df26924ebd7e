"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

from typing import Any

import typer

from rashomon_docs.text import in_code, plain, table

__all__ = ["command_page"]


_ABOUT = """# Command line

`rashomon COMMAND --help` says the same in a terminal. Names in capitals stand for what you write; options may be
repeated where the text says so. Exit codes: 0 done, 2 the call or the study file was wrong, 3 the data were, 4 some
runs failed (the report says which), 5 the folder of the study (locked, damaged, full), 130 interrupted.
"""


def command_page() -> str:
    """Return the page of every command with its arguments and options."""
    from rashomon.cli import app

    group: Any = typer.main.get_command(app)
    parts = [_part(name, command) for name, command in group.commands.items()]
    return "\n".join([_ABOUT, *parts])


def _part(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join(["rashomon", name, *(_argument(each) for each in arguments), "[OPTIONS]" if options else ""])
    about = "\n\n".join(plain(part) for part in (command.help or "").split("\n\n"))
    rows = [[_names(each), plain(each.help or ""), _default(each)] for each in options]
    listed = table(["option", "meaning", "default"], rows) if rows else ""
    return f"## rashomon {name}\n\n{about}\n\n```text\n{usage.strip()}\n```\n\n{listed}\n"


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _names(option: Any) -> str:
    names = ", ".join(in_code(name) for name in option.opts + option.secondary_opts)
    return f"{names} {in_code(option.metavar)}" if option.metavar else names


def _default(option: Any) -> str:
    if option.required:
        return "required"
    value = option.default() if callable(option.default) else option.default
    return "–" if value in (None, False, (), []) else in_code(value)
