"""YAML 1.2 read strictly: values with their places, and every problem with line and column; nothing is constructed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rashomon.core import UsageError
from rashomon.sim.check import Problem

__all__ = ["MOST_BYTES", "MOST_PROBLEMS", "Document", "parse_document", "parse_scalar", "refuse_document"]

MOST_BYTES = 1_000_000
"""Largest file that is read; a world with every knob has some thousand bytes."""

MOST_PROBLEMS = 20
"""Problems that are listed; reading stops when there are more."""

_DEEPEST = 8
"""The scanner needs quadratic time in the depth of brackets."""

_LONG = 20
"""Characters of an integer; longer ones are read as floats."""

_WORDS = {"": None, "~": None} | {
    form(word): value
    for word, value in (("true", True), ("false", False), ("null", None))
    for form in (str.lower, str.title, str.upper)
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_PADDED = re.compile(r"[-+]?0[0-9]+")
_OTHER_BASE = re.compile(r"0[ox][0-9a-fA-F]+")


@dataclass(frozen=True)
class Document:
    """What a YAML text says.

    Parameters
    ----------
    value
        Dicts, lists, texts, numbers, booleans and None.
    places
        Line and column (``3:7``, both from 1) of each entry, by its path: ``("knobs", "n_groups")``.
    problems
        What is wrong with the text itself; the place stands where `Problem` has the knob.
    complete
        Whether it could be read to its end, so that what is absent is absent.
    """

    value: Any
    places: dict[tuple[str, ...], str]
    problems: list[Problem]
    complete: bool = True


def parse_document(text: str | bytes) -> Document:
    """Read one YAML 1.2 document without tags, anchors or aliases.

    Parameters
    ----------
    text
        At most `MOST_BYTES`; bytes are UTF-8.

    Returns
    -------
    Values, places and problems; where the text is no YAML, everything before that point.

    Examples
    --------
    >>> parse_document("a: 0.5").value
    {'a': 0.5}
    >>> found = parse_document("a: 1" + chr(10) + "a: 2").problems[0]
    >>> found.knob, found.what
    ('2:1', "'a' is repeated")
    """
    problem = _unreadable(text)
    if problem is not None:
        return Document(None, {}, [problem], complete=False)
    reader = _Reader()
    try:
        for event in _events(text if isinstance(text, str) else text.decode("utf-8-sig")):
            reader.take(event)
    except _StopReadingError:
        complete = False
    else:
        complete = True
    return Document(reader.root[0] if reader.root else None, reader.places, reader.problems, complete)


def refuse_document(found: list[Problem], *, name: str, where: str) -> None:
    """Raise one error that lists the problems in `found` with their places; nothing when there are none.

    Parameters
    ----------
    found
        Problems whose knob is a place in the file, or empty.
    name
        Of the file, put before each place.
    where
        Path of the file.

    Raises
    ------
    UsageError
        ``world.file``.
    """
    if not found:
        return
    shown, more = found[:MOST_PROBLEMS], len(found) > MOST_PROBLEMS
    lines = [f"  - {name}{':' if p.knob else ''}{p.knob}: {p.what}{'; ' if p.fix else ''}{p.fix}" for p in shown]
    n = f"more than {MOST_PROBLEMS} errors" if more else f"{len(found)} error{'s' if len(found) > 1 else ''}"
    raise UsageError(
        "\n".join([f"the world file has {n}", *lines, *(["  - ..."] if more else [])]),
        where=where,
        expected="a world as rashomon simulate reads it: YAML 1.2 with known keys and knobs",
        fix="change the lines named above",
        code="world.file",
    )


def parse_scalar(text: str) -> Any:
    """Return the value of an unquoted word in the core schema of YAML 1.2; what could mean two numbers stays text.

    Parameters
    ----------
    text
        One word.

    Examples
    --------
    >>> [parse_scalar(word) for word in ("12", "1e-3", "true", "no", "12:30", "1_000", "010")]
    [12, 0.001, True, 'no', '12:30', '1_000', '010']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _PADDED.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text) and len(text) < _LONG:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "").lower()) if _NOT_FINITE.fullmatch(text) else text


def _unreadable(text: str | bytes) -> Problem | None:
    data = text.encode() if isinstance(text, str) else text
    if len(data) > MOST_BYTES:
        return Problem("", f"it has {len(data):,} bytes", f"at most {MOST_BYTES:,} are read")
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        place = str(data.count(b"\n", 0, error.start) + 1)
        return Problem(place, f"byte {error.start} is not UTF-8", "save the file as UTF-8")
    if not any(line.strip() and not line.lstrip().startswith("#") for line in lines):
        return Problem("", "it is empty", "begin with a line such as world: my world")
    for number, line in enumerate(lines, start=1):
        if "\t" in line:
            return Problem(f"{number}:{line.index(chr(9)) + 1}", "there is a tab", "write spaces")
    return None


def _events(text: str) -> Iterator[Any]:
    """Yield the events of the parser; what is no YAML becomes the last event, a `Problem`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        # events, not objects: tags and aliases are seen before anything is built from them
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = "" if mark is None else _place(mark)
        yield Problem(place, str(error.problem or error.context), "correct the YAML")
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        yield Problem(str(line), f"the character {text[error.position]!a} is not allowed", "remove it")
    except YAMLError as error:
        yield Problem("", str(error).splitlines()[0], "correct the YAML")


def _place(mark: Any) -> str:
    return f"{mark.line + 1}:{mark.column + 1}"


class _StopReadingError(Exception):
    """What follows cannot be read."""


@dataclass
class _Open:
    """A mapping or list that is being read."""

    into: dict[str, Any] | list[Any]
    path: tuple[str, ...]
    key: str | None = None


@dataclass
class _Reader:
    """Builds values from events; a stack in place of recursion, so that no nesting can exhaust it."""

    root: list[Any] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def take(self, event: Any) -> None:
        if isinstance(event, Problem):
            self.problems.append(event)
            raise _StopReadingError
        getattr(self, f"_{type(event).__name__}", lambda _: None)(event)
        if len(self.problems) > MOST_PROBLEMS:
            raise _StopReadingError

    def _stop(self, event: Any, what: str, fix: str) -> None:
        self.problems.append(Problem(_place(event.start_mark), what, fix))
        raise _StopReadingError

    def _DocumentStartEvent(self, event: Any) -> None:  # noqa: N802 - named as the event
        self.documents += 1
        if self.documents > 1:
            self._stop(event, "a second document begins", "write one world per file")
        if event.version not in {None, (1, 2)} or event.tags:
            self._stop(event, "there is a directive", "leave the % line out")

    def _AliasEvent(self, event: Any) -> None:  # noqa: N802 - named as the event
        self._stop(event, f"there is an alias, *{event.anchor}", "write the value out")

    def _plain(self, event: Any) -> None:
        if event.anchor is not None:
            self._stop(event, f"there is an anchor, &{event.anchor}", "write the value out each time")
        if event.tag is not None:
            self._stop(event, f"there is a tag, {event.tag}", "leave it out")

    def _MappingStartEvent(self, event: Any) -> None:  # noqa: N802 - named as the event
        self._begin(event, {})

    def _SequenceStartEvent(self, event: Any) -> None:  # noqa: N802 - named as the event
        self._begin(event, [])

    def _begin(self, event: Any, into: dict[str, Any] | list[Any]) -> None:
        self._plain(event)
        if len(self.stack) >= _DEEPEST:
            self._stop(event, f"it is nested more than {_DEEPEST} deep", "use fewer brackets")
        if self.stack and isinstance(self.stack[-1].into, dict) and self.stack[-1].key is None:
            self._stop(event, "a key is a list or a mapping", "keys are names")
        path = self._put(into)
        self.stack.append(_Open(into, path))

    def _end(self, event: Any) -> None:
        del event
        self.stack.pop()

    _MappingEndEvent = _SequenceEndEvent = _end

    def _ScalarEvent(self, event: Any) -> None:  # noqa: N802 - named as the event
        self._plain(event)
        value = parse_scalar(event.value) if event.style is None else event.value
        top = self.stack[-1] if self.stack else None
        if top is None or isinstance(top.into, list) or top.key is not None:
            self._put(value)
            return
        place, path = _place(event.start_mark), (*top.path, event.value)
        if path in self.places:
            self.problems.append(
                Problem(place, f"{event.value!r} is repeated", f"it stands at {self.places[path]} already; keep one")
            )
        if not isinstance(value, str):
            self.problems.append(Problem(place, f"the key {event.value} is no text", f"write '{event.value}'"))
        self.places.setdefault(path, place)
        top.key = event.value

    def _put(self, value: Any) -> tuple[str, ...]:
        """Put a value where it belongs, and return its path."""
        if not self.stack:
            self.root.append(value)
            return ()
        top = self.stack[-1]
        if isinstance(top.into, list):
            top.into.append(value)
            return (*top.path, str(len(top.into) - 1))
        path, top.key, key = (*top.path, str(top.key)), None, str(top.key)
        # of a repeated key the first value stays; the file is refused either way
        top.into.setdefault(key, value)
        return path
