"""The statement of a study, in the form of in-toto with SLSA provenance: what went in, what came out, what made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rashomon.core import StoreError, digest_file
from rashomon.study.directory import SPEC
from rashomon.study.seal.canonical import canonical_text, read_canonical, write_canonical
from rashomon.study.seal.manifest import MANIFEST, STATEMENT, Manifest
from rashomon.study.seal.origin import Origin

__all__ = [
    "SPEC_YAML",
    "environment_of",
    "inputs_of",
    "make_statement",
    "read_statement",
    "resolved_spec",
    "statement_problems",
    "write_statement",
]

_TYPE = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_BUILD = "urn:rashomon:study:v1"
_BUILDER = "urn:rashomon"
_SELF = "invocationId"

SPEC_YAML = "study.yaml"


def make_statement(folder: Path, manifest: Manifest, origin: Origin) -> dict[str, Any]:
    """Return the statement of a study.

    Parameters
    ----------
    folder
        The study, with its manifest.
    manifest
        What came out.
    origin
        What went in, and how.

    Returns
    -------
    JSON types. Subjects are all files of the manifest, the ledger by its rows, and the manifest itself. The predicate
    has the resolved spec, inputs with digests, the environment, and when it ran. ``invocationId`` is the digest of all
    the rest, so that a changed byte is seen even where nothing is signed.
    """
    spec = resolved_spec(folder)
    facts = origin.facts(folder)
    body: dict[str, Any] = {
        "_type": _TYPE,
        "subject": _subjects(folder, manifest),
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD,
                "externalParameters": {
                    "command": facts["command"],
                    "seed": spec.get("rng", spec.get("seed")),
                    "data_digest": spec.get("data_digest"),
                },
                "internalParameters": {"environment": dict(origin.machine)},
                "resolvedDependencies": [*_specs(folder), *_inputs(origin)],
            },
            "runDetails": {
                "builder": {"id": _BUILDER, "version": {"rashomon": version("rashomon")}},
                "metadata": {"startedOn": facts["started"] or None, "finishedOn": facts["ended"] or None},
            },
        },
    }
    body["predicate"]["runDetails"]["metadata"][_SELF] = _self_digest(body)
    return body


def write_statement(folder: Path, statement: Mapping[str, Any]) -> None:
    """Write `statement` to `folder`."""
    write_canonical(folder / STATEMENT, statement)


def read_statement(folder: Path) -> dict[str, Any]:
    """Read the statement of a study.

    Parameters
    ----------
    folder
        The study.

    Raises
    ------
    StoreError
        ``seal.missing``; ``seal.damaged`` when it is none of ours, or does not match its own digest.
    """
    found = read_canonical(folder / STATEMENT)
    try:
        said = found["predicate"]["runDetails"]["metadata"][_SELF]
        sound = found["_type"] == _TYPE and found["predicateType"] == _PREDICATE and said == _self_digest(found)
    except (KeyError, TypeError):
        sound = False
    if not sound:
        raise StoreError(f"{STATEMENT} does not match its own digest", where=str(folder), code="seal.damaged")
    return found


def statement_problems(folder: Path, statement: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Return where a statement and the files disagree.

    Parameters
    ----------
    folder
        The study.
    statement
        From `read_statement`.
    manifest
        That of the same study.
    """
    said = {entry["name"]: entry["digest"]["sha256"] for entry in statement["subject"]}
    found = {entry["name"]: entry["digest"]["sha256"] for entry in _subjects(folder, manifest)}
    return [
        f"{STATEMENT} and {MANIFEST} disagree about {name}"
        for name in sorted({*said, *found})
        if said.get(name) != found.get(name)
    ]


def environment_of(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the environment that a `statement` names."""
    found: dict[str, Any] = statement["predicate"]["buildDefinition"]["internalParameters"]["environment"]
    return found


def inputs_of(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return the sha256 (hex) of each input file that a `statement` names, by its name."""
    listed = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    return {entry["name"]: entry["digest"]["sha256"] for entry in listed if entry["annotations"]["role"] == "input"}


def _self_digest(statement: Mapping[str, Any]) -> str:
    copy = json.loads(canonical_text(statement))
    copy["predicate"]["runDetails"]["metadata"].pop(_SELF, None)
    return f"sha256:{hashlib.sha256(canonical_text(copy).encode()).hexdigest()}"


def _subjects(folder: Path, manifest: Manifest) -> list[dict[str, Any]]:
    found = [(entry.path, entry.sha256) for entry in manifest.files]
    if manifest.ledger is not None:
        found.append((f"{manifest.ledger['path']}#rows", manifest.ledger["rows_sha256"]))
    found.append((MANIFEST, digest_file(folder / MANIFEST)))
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(found)]


def _specs(folder: Path) -> list[dict[str, Any]]:
    there = (folder / name for name in (SPEC_YAML, SPEC))
    return [_resource(path.name, digest_file(path), "spec") for path in there if path.exists()]


def _inputs(origin: Origin) -> list[dict[str, Any]]:
    return [_resource(name, digest, "input") for name, digest in sorted(origin.digests.items())]


def _resource(name: str, digest: str, role: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}, "annotations": {"role": role}}


def resolved_spec(folder: Path) -> dict[str, Any]:
    """Return the resolved spec of the study in `folder`; nothing where there is none."""
    path = folder / SPEC
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise StoreError(f"{SPEC} cannot be read: {error}", where=str(folder), code="seal.damaged") from error
    return found if isinstance(found, dict) else {}
