import json
import math

import mudata
import numpy as np
import pandas as pd
import pytest

from rashomon.dataset import WorldFacts
from rashomon.io import annotate, examine, from_anndata, read, read_adata, world_facts, write
from rashomon.io.origin import namespace
from rashomon.io.world import WORLD, marked_table, table_mark, world_notes
from tests import example_audit
from tests.sample import small

ENTRY = example_audit.world_entry()


def uns(**changed):
    return {"rashomon": {WORLD: example_audit.world_entry(**changed)}}


def simulated():
    adata = small()
    adata.uns = uns()
    return adata


def test_every_part_is_read():
    """What was written as text by name comes back as facts."""
    assert world_facts(uns()) == example_audit.world()


@pytest.mark.parametrize("suffix", [".h5ad", ".zarr", ".h5mu"])
def test_the_world_survives_files(tmp_path, suffix):
    """Written, read through the door, annotated, written and read again, the facts are the same."""
    first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write(simulated(), first)
    assert read(first).world == example_audit.world()
    adata = read_adata(first)
    columns = pd.DataFrame({"stability": np.ones(adata.n_obs)}, index=adata.obs_names)
    write(annotate(adata, columns, uns={"n": 1}), second)
    assert read(second).world == example_audit.world()


def test_a_part_of_the_cells_is_as_simulated_as_the_whole():
    """Subsetting, copying and wrapping in a MuData keep the mark."""
    adata = simulated()
    assert from_anndata(adata[:12].copy()).world == example_audit.world()
    with mudata.set_options(pull_on_update=False):
        assert from_anndata(mudata.MuData({"gex": adata})).world == example_audit.world()
    assert from_anndata(adata, with_expression=False).world is not None


def test_measured_data_have_no_world():
    """Nor do data whose entry lacks the mark, or has another one."""
    assert from_anndata(small()).world is None
    for entry in ({}, {"mark": "measured"}, {"mark": 3}, {**ENTRY, "mark": "Simulated"}, "text", 3, None):
        assert world_facts({"rashomon": {WORLD: entry}}) is None
        assert WORLD not in namespace({"rashomon": {WORLD: entry}})["rashomon"]
    for other in ({}, {"rashomon": 3}, {"rashomon": {"world_": ENTRY}}):
        assert world_facts(other) is None


def test_the_row_log_says_it_first():
    """In the words of the banner, so that a log of an audit says it too; control characters are shown."""
    notes = from_anndata(simulated()).rows.notes
    assert notes[0] == "simulated, not measured: world two types (digest 0123456789ab)"
    adata = small()
    adata.uns = uns(name="two\x1b[2Jtypes")
    assert from_anndata(adata).rows.notes[0].startswith("simulated, not measured: world two\\x1b[2Jtypes")
    assert world_notes(None) == ()


def test_the_doctor_says_it_too(tmp_path):
    """Among its findings."""
    write(simulated(), tmp_path / "a.h5ad")
    assert any("simulated, not measured" in f"{found.where} {found.what}" for found in examine(tmp_path / "a.h5ad"))


DEEP = "[" * 100_000
BAD = [
    ("name", 3),
    ("name", "x" * 501),
    ("digest", "0123"),
    ("digest", "<script>" * 4),
    ("digest", "A" * 64),
    ("seed", 5),
    ("versions_json", "[]"),
    ("versions_json", '{"numpy": 2}'),
    ("versions_json", '{"numpy": '),
    ("call_json", "[1]"),
    ("call_json", DEEP),
    ("call_json", 3),
    ("call_json", json.dumps({str(i): i for i in range(1001)})),
    ("call_json", " " * (2**24 + 1)),
    ("graph_json", '{"nodes": [], "edges": []}'),
    ("graph_json", "null"),
    ("graph_json", DEEP),
    ("oracle", np.ones(3)),
    ("ceiling_json", "{}"),
    ("ceiling_json", "[3]"),
    ("ceiling_json", '[{"truth": "t"}]'),
    ("ceiling_json", "9" * 5000),
]
CEILING = {"truth": "t", "score": "ari", "value": 0.5, "standard_error": 0.1, "chance": 0.0, "rule": ""}
BAD += [
    ("ceiling_json", json.dumps([{**CEILING, **changed}]))
    for changed in (
        {"value": "0.5"},
        {"value": True},
        {"value": [0.5]},
        {"value": math.inf},
        {"truth": 3},
        {"truth": None},
        {"rule": "x" * 501},
        {"n_obs": 0.5},
        {"n_obs": True},
    )
]


@pytest.mark.parametrize(("part", "value"), BAD, ids=[f"{part} {i}" for i, (part, _) in enumerate(BAD)])
def test_a_part_of_another_form_is_left_out_and_named(part, value):
    """The data stay simulated, all other parts stay, and the log says what is missing."""
    adata = small()
    adata.uns = uns(**{part: value})
    dataset = from_anndata(adata)
    assert dataset.world.unread == (part,)
    assert dataset.world.mark == "simulated, not measured"
    blank = WorldFacts("without a name")
    name = {"ceiling_json": "ceilings"}.get(part, part.removesuffix("_json"))
    assert getattr(dataset.world, name) == getattr(blank, name)
    others = {"name", "digest", "seed", "versions", "call", "graph", "oracle", "ceilings"} - {name}
    assert all(getattr(dataset.world, other) == getattr(example_audit.world(), other) for other in others)
    assert f"{part} of the world cannot be read and is left out" in dataset.rows.notes


def test_absent_parts_are_no_fault():
    """A world without ceilings has none, and nothing is said about it."""
    found = world_facts(uns(ceiling_json=None, graph_json=None))
    assert (found.ceilings, found.graph, found.unread) == ((), None, ())


def test_what_is_undefined_is_nan():
    """Written as null or as NaN; the number of cells is kept where it was said."""
    text = json.dumps([{**CEILING, "value": None, "standard_error": math.nan, "n_obs": 300}])
    (ceiling,) = world_facts(uns(ceiling_json=text)).ceilings
    assert math.isnan(ceiling.value)
    assert math.isnan(ceiling.standard_error)
    assert ceiling.n_obs == 300


def test_what_was_not_looked_at_is_not_passed_on():
    """Entries of a graph beside ours stay in the file."""
    graph = json.loads(ENTRY["graph_json"])
    graph["nodes"][0]["onload"], graph["more"] = "alert(1)", 1
    assert world_facts(uns(graph_json=json.dumps(graph))).graph == example_audit.world().graph


def test_what_a_world_writes_is_what_the_door_reads():
    """The record that the simulator makes has no part that is left out."""
    sim = pytest.importorskip("rashomon.sim.world")
    simulation = sim.World("two groups", {"n_groups": 2, "n_genes": 40, "n_markers": 8, "effect_size": 2.0}).sample(
        40, rng=1
    )
    found = world_facts(simulation.uns)
    assert (found.name, found.digest, found.unread) == ("two groups", simulation.world.digest, ())
    assert {node["name"] for node in found.graph["nodes"]} == set(simulation.world.graph)


# tables


def test_a_table_names_its_world():
    """What identifies a world comes back from its mark; what a mark cannot hold is left out."""
    world = WorldFacts("motifs", digest="0123456789abcdef", seed="17", oracle="none")
    assert marked_table([table_mark(world)]) == WorldFacts("motifs", digest="0123456789abcdef", seed="17")
    assert marked_table([table_mark(WorldFacts("x" * 501))]).name == "x" * 500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "motifs",
        "{",
        "[]",
        "3",
        "null",
        '{"mark": "measured", "name": "m"}',
        '{"name": "m"}',
        "[" * 5000,
        "x" * 20_000,
    ],
)
def test_other_text_is_no_mark(text):
    """A column of that name with anything else is not taken for a mark, whatever it holds."""
    assert marked_table([text]) is None
    assert marked_table([]) is None


def test_any_mark_makes_rows_simulated():
    """Beside other text the mark counts; several worlds have no name in common."""
    one, two = (table_mark(WorldFacts(name, seed="1")) for name in ("one", "two"))
    assert marked_table(["", one]).name == "one"
    assert marked_table([one, two]) == WorldFacts("several worlds")
