"""The study as an RO-Crate: what each file is, and the run that made it, in terms that other tools read."""

from __future__ import annotations

import mimetypes
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rashomon.core import digest_file
from rashomon.study.directory import ARTEFACTS, SPEC
from rashomon.study.seal.canonical import write_canonical
from rashomon.study.seal.ledger_fact import LEDGER
from rashomon.study.seal.manifest import list_files
from rashomon.study.seal.origin import without_folders
from rashomon.study.seal.statement import SPEC_YAML

__all__ = ["CRATE", "describe_crate", "write_crate"]

CRATE = "ro-crate-metadata.json"

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
"""Profiles that the crate conforms to: name and version by permalink."""

_WORKFLOW = {"@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"]}
_CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
_SOFTWARE = "urn:rashomon"
_TYPES = {".parquet": "application/vnd.apache.parquet", ".yaml": "application/yaml", ".csv": "text/csv"}
_MEANINGS = {
    LEDGER: "When each run was computed, by what, and how often it was tried (SQLite).",
    SPEC: "The study as it was resolved: every argument, and the seed.",
    SPEC_YAML: "The study as its author wrote it.",
    "answers.json": "What each question was answered, with assumptions.",
    "partitions.parquet": "Labels of every run, one column each.",
    "report.html": "The report, one page that needs nothing else.",
    "methods.txt": "The methods, in words for a paper.",
    "annotated.h5ad": "The data with the results in new columns.",
}


def write_crate(folder: Path, *, inputs: Mapping[str, str], facts: Mapping[str, Any]) -> None:
    """Write ``ro-crate-metadata.json``.

    Parameters
    ----------
    folder
        The study.
    inputs, facts
        As in `describe_crate`.
    """
    write_canonical(folder / CRATE, describe_crate(folder, inputs=inputs, facts=facts))


def describe_crate(folder: Path, *, inputs: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the crate of a study as JSON-LD.

    Parameters
    ----------
    folder
        The study.
    inputs
        Digest (sha256, hex) of each file that was read, by name; they are no part of the study.
    facts
        ``command`` (words), ``started`` and ``ended`` (ISO 8601), ``title``, ``license``; each may be absent.

    Returns
    -------
    RO-Crate 1.1 with the profiles Process Run Crate and Workflow Run Crate: the spec is the workflow, this package the
    language it is written in and the application that ran it.
    """
    from rocrate.rocrate import ROCrate

    with warnings.catch_warnings():
        # files lie where they are: rocrate describes them, and copies nothing
        warnings.simplefilter("ignore")
        crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(_CONTEXT)
    files = {path: file for path, file in list_files(folder).items() if path != CRATE}
    files |= {LEDGER: folder / LEDGER} if (folder / LEDGER).exists() else {}
    main = next((name for name in (SPEC_YAML, SPEC) if name in files), "")
    entities = {
        path: crate.add_file(file, path, properties=_file(path, file) | (_WORKFLOW if path == main else {}))
        for path, file in files.items()
    }
    ended = facts.get("ended") or datetime.now(UTC).isoformat(timespec="seconds")
    root = crate.root_dataset
    root["name"] = facts.get("title") or "A study of how far a clustering can be trusted"
    root["description"] = "Tables, labels of every run, answers and report, as rashomon wrote them."
    root["datePublished"] = ended
    # profiles ask for one; whose data these are is not ours to say
    root["license"] = facts.get("license") or "not stated"
    root["conformsTo"] = [_add(crate, _profile(*named)) for named in PROFILES.items()]
    workflow = entities.get(main)
    action = _add(crate, _action(facts, ended))
    if workflow is not None:
        workflow["programmingLanguage"] = _add(crate, _language())
        root["mainEntity"] = workflow
    application = _add(crate, _application())
    action["instrument"] = [each for each in (workflow, application) if each is not None]
    action["object"] = [_add(crate, _given(*named)) for named in sorted(inputs.items())]
    made = [entity for path, entity in entities.items() if entity is not workflow and not _is_record(path)]
    action["result"] = made
    root["mentions"] = [action]
    return _ordered(crate.metadata.generate())


def _add(crate: Any, properties: dict[str, Any]) -> Any:
    from rocrate.model.contextentity import ContextEntity

    identity = properties.pop("@id")
    return crate.add(ContextEntity(crate, identity, properties=properties))


def _profile(permalink: str, named: tuple[str, str]) -> dict[str, Any]:
    return {"@id": permalink, "@type": "CreativeWork", "name": named[0], "version": named[1]}


def _action(facts: Mapping[str, Any], ended: str) -> dict[str, Any]:
    command = " ".join(map(without_folders, facts.get("command") or ()))
    times = {"startTime": facts["started"]} if facts.get("started") else {}
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "The run of the study",
        "description": command or "run from Python",
        **times,
        "endTime": ended,
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
    }


def _application() -> dict[str, Any]:
    return {
        "@id": _SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "rashomon",
        "softwareVersion": version("rashomon"),
        "description": "Which clusters of single cells survive every defensible analysis.",
    }


def _language() -> dict[str, Any]:
    return {
        "@id": "#rashomon-study",
        "@type": "ComputerLanguage",
        "name": "rashomon study",
        "version": version("rashomon"),
        "identifier": {"@id": _SOFTWARE},
    }


def _given(name: str, digest: str) -> dict[str, Any]:
    # named by its content: it is not in the crate, and where it lay is nobody's business
    return {"@id": f"hash://sha256/{digest}", "@type": "CreativeWork", "name": name, "sha256": digest}


def _file(path: str, file: Path) -> dict[str, Any]:
    guessed = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    meaning = {"description": _MEANINGS[path]} if path in _MEANINGS else {}
    return {
        "name": file.name,
        "sha256": digest_file(file),
        "contentSize": str(file.stat().st_size),
        "encodingFormat": guessed,
        **meaning,
    }


def _is_record(path: str) -> bool:
    return path.startswith(f"{ARTEFACTS}/")


def _ordered(crate: dict[str, Any]) -> dict[str, Any]:
    """Return the graph with the two entities that readers look for first, then by identity."""
    first = (CRATE, "./")
    graph = sorted(crate["@graph"], key=lambda entity: (entity["@id"] not in first, entity["@id"]))
    return {**crate, "@graph": graph}
