"""Worlds as files: a short YAML document, with the tables of a twin in a parquet file beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from rashomon.core import RashomonError, UsageError, did_you_mean, publish_text
from rashomon.sim.check import Problem, problems
from rashomon.sim.mechanism import KNOBS, NODES
from rashomon.sim.part import EXPRESSION, Part, ordered_parts
from rashomon.sim.spec.document import MOST_BYTES, Document, parse_document, refuse_document
from rashomon.sim.spec.key import key_problems
from rashomon.sim.spec.sidecar import read_sidecar, write_sidecar
from rashomon.sim.world import World

__all__ = ["read_world", "write_world"]

_DIGITS = 16
"""Characters of a number that fills a double."""


def read_world(path: Path | str) -> World:
    """Read a world from a YAML file.

    Parameters
    ----------
    path
        A file of at most a megabyte: ``world`` (its name), and any of ``extends``, ``summary``, ``n_obs``, ``parts``,
        ``knobs``, ``do``, ``fitted`` and ``fitted_sha256``.

    Raises
    ------
    UsageError
        ``world.file``, with every problem, its line and column, and the nearest name that exists.
    StoreError
        ``world.tables`` when the tables beside it are missing or have changed.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "mine.yaml"
    >>> _ = file.write_text("world: mine" + chr(10) + "knobs: {n_groups: 3, n_markers: 20, effect_size: 1.5}")
    >>> read_world(file).knobs["n_groups"]
    3
    """
    file = Path(path)
    document = parse_document(_content(file))
    found = [*document.problems, *key_problems(document)]
    # values are looked at only where the form is sound: other problems would follow from the same slip
    refuse_document(found, name=file.name, where=str(file))
    given: dict[str, Any] = document.value
    base = _base(given, document, file)
    done = given.get("do") or {}
    turned = {name: value for name, value in done.items() if name in KNOBS}
    tables, labels = _tables(given, file)
    knobs = {**base.given, **(given.get("knobs") or {}), **turned}
    sizes = {kind: len(names) for kind, names in labels.items()} if tables else None
    parts = _parts(given, base, document, file)
    wrong = [_placed(problem, document, file) for problem in problems(knobs, sizes, parts)]
    refuse_document([*wrong, *_unknown_nodes(done, document)], name=file.name, where=str(file))
    world = replace(
        base,
        name=given["world"],
        given=knobs,
        summary=given.get("summary", base.summary),
        n_obs=given.get("n_obs", base.n_obs),
        fitted=tables,
        labels=labels,
        turned=tuple(dict.fromkeys([*base.turned, *turned])),
        parts=parts,
    )
    return _intervened(world, {name: value for name, value in done.items() if name not in KNOBS}, document, file)


def write_world(world: World, path: Path | str) -> tuple[Path, ...]:
    """Write `world` as a YAML file that `read_world` reads; the world read has the same digest.

    Parameters
    ----------
    world
        The world; its fitted tables go into a parquet file of the same stem, beside.
    path
        A name that ends in ``.yaml`` or ``.yml``.

    Returns
    -------
    The files that were written.

    Raises
    ------
    StoreError
        When a file cannot be written, or a parquet file that is not ours stands in the place of the tables.
    UsageError
        When the suffix is another, or the world has values that no YAML file of a megabyte can hold.
    """
    file = Path(path)
    if file.suffix.lower() not in {".yaml", ".yml"}:
        raise UsageError(
            f"the file is named {file.name!r}", where=str(path), expected="a name that ends in .yaml", code="world.file"
        )
    turned = {name: world.given[name] for name in world.turned if name in world.given}
    content: dict[str, Any] = {"world": world.name}
    content |= {"summary": world.summary} if world.summary else {}
    content["n_obs"] = world.n_obs
    content |= {"parts": list(world.parts)} if world.parts != (EXPRESSION,) else {}
    content["knobs"] = {name: _plain(value) for name, value in world.given.items() if name not in turned}
    _refuse_large(world, file)
    done = {**turned, **{name: _named(world, name, value) for name, value in world.done.items()}}
    content |= {"do": {name: _plain(value) for name, value in done.items()}} if done else {}
    beside = file.with_suffix(".parquet")
    files: tuple[Path, ...] = (file,)
    tabled = bool(world.fitted or world.labels)
    if tabled:
        content |= {"fitted": beside.name, "fitted_sha256": "0" * 64}
        files = (file, beside)
    _text(content, file)  # refused before anything is written
    if tabled:
        content["fitted_sha256"] = write_sidecar(beside, tables=world.fitted, labels=world.labels)
    publish_text(file, _text(content, file))
    return files


def _content(file: Path) -> bytes:
    try:
        # one byte more than allowed shows that there are more; the whole of a huge file is never read
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read {file.name}: {error.strerror or error}",
            where=str(file),
            expected="an existing YAML file",
            fix="check the spelling of the path",
            code="world.file",
        ) from error


def _placed(problem: Problem, document: Document, file: Path) -> Problem:
    """Return a problem of knobs with its place in the file; that of the mapping where the knob is not written."""
    places = document.places
    for path in (("do", problem.knob), ("knobs", problem.knob), ("knobs",), ("extends",), ("world",)):
        if path in places:
            return replace(problem, knob=places[path])
    return replace(problem, knob=file.name)


def _unknown_nodes(done: Mapping[str, Any], document: Document) -> Iterator[Problem]:
    for name in done:
        if name not in KNOBS and name not in NODES:
            fix = did_you_mean(name, {*NODES, *KNOBS}).partition(" known:")[0]
            yield Problem(document.places["do", name], f"there is no node or knob {name!r}", fix)


def _base(given: Mapping[str, Any], document: Document, file: Path) -> World:
    if "extends" not in given:
        return World(given["world"])
    from rashomon.sim.catalogue import WORLDS

    name = given["extends"]
    if name not in WORLDS:
        problem = Problem(document.places["extends",], f"there is no world {name!r}", did_you_mean(name, WORLDS))
        refuse_document([problem], name=file.name, where=str(file))
    return WORLDS[name].world


def _parts(given: Mapping[str, Any], base: World, document: Document, file: Path) -> tuple[Part, ...]:
    if "parts" not in given:
        return base.parts
    try:
        return ordered_parts(given["parts"])
    except UsageError as error:
        problem = Problem(document.places["parts",], error.what, error.fix or f"expected {error.expected}")
        refuse_document([problem], name=file.name, where=str(file))
        raise


def _tables(given: Mapping[str, Any], file: Path) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    if "fitted" not in given:
        return {}, {}
    return read_sidecar(file.with_name(given["fitted"]), sha256=given["fitted_sha256"])


def _intervened(world: World, set_to: Mapping[str, Any], document: Document, file: Path) -> World:
    """Return the world with nodes set, each tried alone first, so that all that is wrong is said at once."""
    wrong: list[Problem] = []
    for name, value in set_to.items():
        try:
            # shapes are known only once the tables are made
            _ = world.do(**{name: value}).truths if isinstance(value, list) else world.do(**{name: value})
        except RashomonError as error:
            # a list of all nodes, or of all types of a twin, would bury the other problems
            fix = (error.fix or f"expected {error.expected}").partition(" known:")[0]
            wrong.append(Problem(document.places["do", name], error.what, shorten(fix, 160)))
    refuse_document(wrong, name=file.name, where=str(file))
    return world.do(**set_to) if set_to else world


def _named(world: World, node: str, value: Any) -> Any:
    """Return a class by its name, as people write it."""
    kind = NODES[node].classes
    return world.names[str(kind)][int(value)] if kind else value


def _plain(value: Any) -> Any:
    """Return a value in the types of YAML."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _refuse_large(world: World, file: Path) -> None:
    """Refuse tables that were set by hand and are larger than the file may be; the text itself is measured later."""
    if sum(np.size(value) for value in world.done.values()) > MOST_BYTES // _DIGITS:
        raise _unwritable(file, ": a table that was set is too large")


def _text(content: Mapping[str, Any], file: Path) -> str:
    """Return the YAML text, and make sure that it reads back as it is."""
    from ruamel.yaml import YAML

    writer = YAML(typ="safe", pure=True)
    # the order of a hierarchy is the order of its types
    writer.default_flow_style, writer.width = None, 100
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    writer.dump(dict(content), stream)
    text = stream.getvalue()
    read = parse_document(text)
    if read.problems or read.value != content:
        raise _unwritable(file, f": {read.problems[0].what}" if read.problems else "")
    return text


def _unwritable(file: Path, why: str) -> UsageError:
    return UsageError(
        f"the world cannot be written as YAML{why}",
        where=str(file),
        expected=f"finite numbers and names, at most {MOST_BYTES:,} bytes",
        fix="set large tables in code with do, and write the world without them",
        code="world.file",
    )
