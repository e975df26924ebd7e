"""The statement: the form of in-toto, all outputs, and nothing that names a person or a place."""

import getpass
import json
import socket

import pytest

from rashomon.core import StoreError, digest_file
from rashomon.study.seal.canonical import write_canonical
from rashomon.study.seal.manifest import MANIFEST, make_manifest
from rashomon.study.seal.origin import Origin
from rashomon.study.seal.statement import (
    environment_of,
    inputs_of,
    make_statement,
    read_statement,
    resolved_spec,
    statement_problems,
    write_statement,
)
from tests.sealed_study import DATA, study_in


@pytest.fixture
def stated(tmp_path):
    """A study with manifest and statement, its manifest, the statement."""
    study = study_in(tmp_path)
    manifest = make_manifest(study)
    manifest.write(study)
    words = ["rashomon", "audit", str(tmp_path / DATA), f"--out={study}", "--truth", "type"]
    write_statement(study, make_statement(study, manifest, Origin(words, [tmp_path / DATA])))
    return study, manifest, read_statement(study)


def test_it_has_the_form_of_in_toto(stated):
    """Types are those of in-toto Statement v1 and SLSA provenance v1; every subject has a name and a sha256."""
    _, manifest, found = stated
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://slsa.dev/provenance/v1"
    assert {*found} == {"_type", "subject", "predicateType", "predicate"}
    assert {*found["predicate"]} == {"buildDefinition", "runDetails"}
    assert {"buildType", "externalParameters"} <= {*found["predicate"]["buildDefinition"]}
    names = [entry["name"] for entry in found["subject"]]
    assert names == sorted({entry.path for entry in manifest.files} | {MANIFEST, "ledger.sqlite#rows"})
    assert all(len(entry["digest"]["sha256"]) == 64 for entry in found["subject"])


def test_it_says_what_went_in(stated, tmp_path):
    """Digests of the data file and of both specs, the seed, the environment, and when it ran."""
    study, _, found = stated
    definition = found["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["seed"] == 0
    assert definition["externalParameters"]["data_digest"] == resolved_spec(study)["data_digest"]
    assert inputs_of(found) == {DATA: digest_file(tmp_path / DATA)}
    specs = {entry["name"] for entry in definition["resolvedDependencies"]} - {DATA}
    assert specs == {"study.yaml", "spec.json"}
    assert {"versions", "cpu", "blas", "python"} <= {*environment_of(found)}
    times = found["predicate"]["runDetails"]["metadata"]
    assert times["startedOn"] <= times["finishedOn"]


def test_it_names_no_place_and_no_person(stated, tmp_path):
    """Folders of the command line, the user and the machine are not in it; the machine is where it was asked for."""
    study, manifest, found = stated
    text = (study / "statement.json").read_text()
    assert str(tmp_path) not in text
    assert socket.gethostname() not in text
    assert f'"{getpass.getuser()}"' not in text
    words = found["predicate"]["buildDefinition"]["externalParameters"]["command"]
    assert words == ["rashomon", "audit", DATA, "--out=study", "--truth", "type"]
    named = make_statement(study, manifest, Origin(with_host=True))
    assert environment_of(named)["host"] == socket.gethostname()


def test_it_covers_itself(stated):
    """A changed word of the environment, written in canonical form, is found without a signature."""
    study, _, found = stated
    environment_of(found)["cpu"] = "another"
    write_canonical(study / "statement.json", found)
    with pytest.raises(StoreError, match="does not match its own digest"):
        read_statement(study)


def test_it_disagrees_with_another_manifest(stated):
    """A manifest that was made anew for changed files is not the one it speaks of."""
    study, manifest, found = stated
    assert statement_problems(study, found, manifest) == []
    (study / "report.html").write_text("better results")
    other = make_manifest(study)
    other.write(study)
    problems = statement_problems(study, found, other)
    assert [problem.rpartition(" ")[2] for problem in problems] == [MANIFEST, "report.html"]


def test_a_spec_that_cannot_be_read_is_refused(tmp_path):
    """Half a spec is damaged; none is empty."""
    assert resolved_spec(tmp_path) == {}
    (tmp_path / "spec.json").write_text(json.dumps({"rng": 1})[:-1])
    with pytest.raises(StoreError, match=r"spec\.json cannot be read"):
        resolved_spec(tmp_path)
