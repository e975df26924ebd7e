"""The crate: another program reads it, and it has what its profiles require."""

import json

import pytest
from rocrate.rocrate import ROCrate

from rashomon.core import digest_file
from rashomon.study.seal.crate import CRATE, PROFILES, describe_crate, write_crate
from tests.sealed_study import DATA, study_in

FACTS = {
    "command": ["rashomon", "audit", "/home/ada/planted.h5ad"],
    "started": "2026-01-01T00:00:00+00:00",
    "ended": "2026-01-01T00:01:00+00:00",
    "title": "Planted groups",
}
DIGEST = "ab" * 32


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study with its crate."""
    folder = study_in(tmp_path_factory.mktemp("crate"))
    write_crate(folder, inputs={DATA: DIGEST}, facts=FACTS)
    return folder


@pytest.fixture(scope="module")
def crate(study):
    """The crate as rocrate reads it."""
    return ROCrate(study)


@pytest.fixture(scope="module")
def graph(study):
    """Entities by identity, as the file says."""
    return {entity["@id"]: entity for entity in json.loads((study / CRATE).read_text())["@graph"]}


def _ids(value):
    return [entry["@id"] for entry in (value if isinstance(value, list) else [value])]


def test_every_file_is_in_it_with_its_digest(crate, study):
    """rocrate finds each file of the study, and its sha256 and size are right."""
    found = {entity.id: entity for entity in crate.get_entities() if "File" in entity.type and entity.id != CRATE}
    expected = {path.relative_to(study).as_posix() for path in study.rglob("*") if path.is_file()}
    assert {*found} == expected - {CRATE}
    for name, entity in found.items():
        assert entity["sha256"] == digest_file(study / name)
        assert entity["contentSize"] == str((study / name).stat().st_size)


def test_the_metadata_file_is_that_of_ro_crate(graph, study):
    """Descriptor, root and contexts are as RO-Crate 1.1 and the profiles of runs ask."""
    context = json.loads((study / CRATE).read_text())["@context"]
    assert context == ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
    assert graph[CRATE]["about"] == {"@id": "./"}
    assert graph[CRATE]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "datePublished", "license"))
    assert {"spec.json", "study.yaml", "answers.json"} <= {*_ids(root["hasPart"])}


def test_the_profiles_are_named(graph):
    """The root conforms to Process Run Crate and Workflow Run Crate, each described as a creative work."""
    assert _ids(graph["./"]["conformsTo"]) == list(PROFILES)
    for permalink, (name, version) in PROFILES.items():
        assert graph[permalink] == {"@id": permalink, "@type": "CreativeWork", "name": name, "version": version}


def test_the_action_has_what_the_profile_requires(graph):
    """A CreateAction with instrument, object, result, times, name and description; mentioned by the root."""
    (identity,) = _ids(graph["./"]["mentions"])
    action = graph[identity]
    assert action["@type"] == "CreateAction"
    assert (action["startTime"], action["endTime"]) == (FACTS["started"], FACTS["ended"])
    assert action["description"] == "rashomon audit planted.h5ad"
    assert action["name"]
    assert all(identity in graph for name in ("instrument", "object", "result") for identity in _ids(action[name]))
    assert _ids(action["object"]) == [f"hash://sha256/{DIGEST}"]
    assert graph[f"hash://sha256/{DIGEST}"]["name"] == DATA
    results = {*_ids(action["result"])}
    assert {"answers.json", "report.html", "partitions.parquet", "tables/scores.csv"} <= results
    assert "study.yaml" not in results
    assert not any(name.startswith("artefacts/") for name in results)


def test_the_instrument_is_the_workflow_and_the_application(graph):
    """The spec is the main entity and a ComputationalWorkflow with a language; the application has its version."""
    workflow, application = (graph[identity] for identity in _ids(graph["#run"]["instrument"]))
    assert _ids(graph["./"]["mainEntity"]) == [workflow["@id"]] == ["study.yaml"]
    assert {*workflow["@type"]} == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert graph[_ids(workflow["programmingLanguage"])[0]]["@type"] == "ComputerLanguage"
    assert application["@type"] == "SoftwareApplication"
    assert application["name"] == "rashomon"
    assert application["softwareVersion"]


def test_it_is_the_same_for_the_same_files(study):
    """Nothing random is in it, and no folder."""
    text = (study / CRATE).read_text()
    assert describe_crate(study, inputs={DATA: DIGEST}, facts=FACTS) == json.loads(text)
    assert str(study) not in text
    assert "/home/ada" not in text


def test_a_study_without_the_words_of_its_author(tmp_path):
    """Where there is no YAML, the resolved spec is the workflow."""
    study = study_in(tmp_path)
    (study / "study.yaml").unlink()
    graph = {entity["@id"]: entity for entity in describe_crate(study, inputs={}, facts={})["@graph"]}
    assert graph["./"]["mainEntity"] == {"@id": "spec.json"}
    assert graph["#run"]["description"] == "run from Python"
