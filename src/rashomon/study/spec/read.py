"""Study files in: YAML 1.2, read strictly, with every error at once and its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rashomon.core import UsageError
from rashomon.sim.spec.document import MOST_BYTES, Document, parse_document
from rashomon.study.spec.common_spec import FORMAT
from rashomon.study.spec.explain import faults_of
from rashomon.study.spec.fault import Fault, shown
from rashomon.study.spec.model import AuditSpec
from rashomon.study.spec.place import Place, Places, find_places
from rashomon.study.spec.world_spec import BenchmarkSpec

__all__ = ["MOST_FAULTS", "StudySpec", "parse_spec", "read_spec"]

StudySpec = AuditSpec | BenchmarkSpec
"""A study, as a document; the key ``data`` says of which kind."""

MOST_FAULTS = 20
"""Errors that are listed."""

_VERSION = "rashomon"


def read_spec(path: Path | str) -> tuple[StudySpec, str]:
    """Read a study from a YAML file; nothing that it names is opened.

    Parameters
    ----------
    path
        A file of at most a megabyte, in UTF-8.

    Returns
    -------
    spec
        The study, checked; paths in it are relative to the folder of the file.
    text
        The file as it stands, with its comments.

    Raises
    ------
    UsageError
        ``spec.file`` when it cannot be read, ``spec.version`` when its format is another, else ``spec.content`` with
        every error, as ``file:line:column: found ..., expected ..., did you mean ...``.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "study.yaml"
    >>> _ = file.write_text("rashomon: 1" + chr(10) + "data: {file: pbmc.h5ad}" + chr(10))
    >>> read_spec(file)[0].data.file
    'pbmc.h5ad'
    """
    file = Path(path)
    try:
        # one byte more than allowed shows that there are more; the whole of a huge file is never read
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read {file.name}: {error.strerror or error}",
            where=str(path),
            expected="an existing YAML file",
            fix="check the spelling of the path, or write one with rashomon init",
            code="spec.file",
        ) from error
    return parse_spec(content, name=file.name, where=str(path))


def parse_spec(content: bytes, *, name: str = "study.yaml", where: str = "") -> tuple[StudySpec, str]:
    """Return the study that a YAML text says, and the text.

    Parameters
    ----------
    content
        The bytes of the file.
    name, where
        Its name, put before each place, and its path.

    Returns
    -------
    As `read_spec`.

    Raises
    ------
    UsageError
        ``spec.version`` or ``spec.content``, see `read_spec`.
    """
    where = where or name
    if len(content) > MOST_BYTES:
        fault = Fault(f"more than {MOST_BYTES:,} bytes", "a file of at most a megabyte")
        _refuse([((1, 1), str(fault))], name=name, where=where)
    document = parse_document(content)
    found = [(_place(problem.knob), _of_text(problem.what, problem.fix)) for problem in document.problems]
    if not document.complete:
        _refuse(found, name=name, where=where)
    text = content.decode("utf-8-sig")
    places = find_places(text)
    _refuse_version(document.value, places, name=name, where=where)
    spec, faults = _validated(document)
    found += [(places.of(fault.path, key=fault.of_key), str(fault)) for fault in faults]
    _refuse(found, name=name, where=where)
    if spec is None:  # pragma: no cover - faults were refused
        raise UsageError("the study file is no study", where=where, code="spec.content")
    return spec, text


def _validated(document: Document) -> tuple[StudySpec | None, list[Fault]]:
    given = document.value
    if not isinstance(given, dict):
        return None, [Fault(shown(given), "keys and values, beginning with rashomon: 1 and data:")]
    model, other = _kind(given)
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        others = sorted(set(other.model_fields) - set(model.model_fields))
        return None, faults_of(error, model, others=others)


def _kind(given: Mapping[str, Any]) -> tuple[type[AuditSpec | BenchmarkSpec], type[AuditSpec | BenchmarkSpec]]:
    """Return the model that a document follows, and the other one."""
    data = given.get("data")
    keys = [str(key) for key in data] if isinstance(data, dict) else []
    if "file" not in keys and get_close_matches("worlds", keys, n=1):
        return BenchmarkSpec, AuditSpec
    return AuditSpec, BenchmarkSpec


def _refuse_version(given: Any, places: Places, *, name: str, where: str) -> None:
    """Refuse a file of a newer format first: what else is wrong with it cannot be known here."""
    number = given.get(_VERSION) if isinstance(given, dict) else None
    if type(number) is int and number > FORMAT:
        from importlib.metadata import version

        line, column = places.of((_VERSION,))
        raise UsageError(
            f"{name}:{line}:{column}: found a study of format {number}, expected format {FORMAT}, the newest that"
            f" rashomon {version('rashomon')} reads",
            where=where,
            expected=f"rashomon: {FORMAT}",
            fix="install a newer rashomon",
            code="spec.version",
        )


def _of_text(what: str, fix: str) -> str:
    """Return what is wrong with the text itself in the words of a fault."""
    if what.endswith(" is repeated"):
        return f"found {what.removesuffix(' is repeated')} again, expected each key once, {fix}"
    if what == "it is empty":
        return "found nothing, expected keys and values, begin with rashomon: 1, or use rashomon init"
    if what == "a second document begins":
        return "found a second document, expected one study per file"
    return f"found {what.removeprefix('there is ')}, expected none, {fix}"


def _place(text: str) -> Place:
    line, _, column = text.partition(":")
    return int(line or 1), int(column or 1)


def _refuse(found: Iterable[tuple[Place, str]], *, name: str, where: str) -> None:
    listed = sorted(dict.fromkeys(found))
    if not listed:
        return
    lines = [f"  - {name}:{line}:{column}: {text}" for (line, column), text in listed[:MOST_FAULTS]]
    more = [f"  - and {len(listed) - MOST_FAULTS} more"] if len(listed) > MOST_FAULTS else []
    n = f"{len(listed)} errors" if len(listed) > 1 else "an error"
    raise UsageError(
        "\n".join([f"the study file has {n}", *lines, *more]),
        where=where,
        expected="a study as rashomon init writes it: YAML 1.2 with known keys and names",
        fix="change the lines named above",
        code="spec.content",
    )
