import numpy as np
import pytest

from rashomon.core import StoreError, UsageError
from rashomon.sim import World
from rashomon.sim.catalogue import WORLDS
from rashomon.sim.spec.file import read_world, write_world


@pytest.fixture
def put(tmp_path):
    """Write a text as mine.yaml and give back its path."""

    def write(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(path):
    """Lines of the refusal below the first, without the name of the file."""
    with pytest.raises(UsageError, match="the world file has") as caught:
        read_world(path)
    assert caught.value.code == "world.file"
    first, *lines = caught.value.what.splitlines()
    assert first == f"the world file has {len(lines)} error{'s' if len(lines) > 1 else ''}"
    return [line.removeprefix("  - mine.yaml:") for line in lines]


def twin(n_genes=30):
    """A world with fitted tables, as a fit makes it."""
    rng = np.random.default_rng(0)
    tables = {
        "gene_mean": np.log(rng.dirichlet(np.ones(n_genes))),
        "gene_dispersion": rng.random(n_genes).astype(np.float32),
        "loading": rng.normal(0, 0.1, (2, n_genes)),
    }
    return World("twin", {"depth": 400.5}, fitted=tables, labels={"gene": tuple(f"G{j}" for j in range(n_genes))})


WORLDS_TO_WRITE = {
    "defaults": World("plain"),
    "numbers": World(
        "numbers", {"effect_size": 1.5e-7, "n_groups": 2, "n_markers": 5, "depth": 1e9, "batch_effect": 1}
    ),
    "lists": World("lists", {"proportions": [0.1, 0.9], "n_groups": 2, "hierarchy": [2], "level_effects": (1.0,)}),
    "tree": World("tree", {"hierarchy": {"z": ["no", "on", "12"], "a": ["é", "b: c"]}}),
    "hostile": World("- no: '#\"\u202e", summary=" 12:30\nmore"),
    "intervened": World("i", {"n_batches": 2, "n_groups": 2}).do(batch_effect=1.0, batch="batch_2", doublet=True),
    "both needed": World("b", {"depth_min": 100.0, "depth_sd": 0.1}).do(depth_sd=0.5),
    "a table set": World("t", {"n_genes": 3, "n_batches": 2, "batch_effect": 0.1}).do(
        batch_profile=np.arange(6.0).reshape(2, 3) / 3
    ),
    "twin": twin(),
    "turned twin": twin().do(dispersion_strength=0.5),
    **{name: WORLDS[name].world for name in WORLDS},
}


@pytest.mark.parametrize("name", WORLDS_TO_WRITE)
def test_a_world_comes_back_from_its_file(name, tmp_path):
    """The same digest, and the same name, summary, number of cells, interventions and names of classes."""
    world = WORLDS_TO_WRITE[name]
    files = write_world(world, tmp_path / "a.yaml")
    assert sorted(tmp_path.iterdir()) == sorted(files)
    found = read_world(tmp_path / "a.yaml")
    assert found.digest == world.digest
    assert (found.name, found.summary, found.n_obs, found.turned) == (
        world.name,
        world.summary,
        world.n_obs,
        world.turned,
    )
    assert found.names == world.names
    assert set(found.done) == set(world.done)
    # what was read is written as the same file
    write_world(found, tmp_path / "b.yaml")
    same = (tmp_path / "a.yaml").read_text().replace("a.parquet", "b.parquet")
    assert (tmp_path / "b.yaml").read_text() == same


def test_a_world_that_was_read_draws_the_same_cells(tmp_path):
    """To the last bit, fitted tables included."""
    world = twin().do(factor_strength=2.0)
    write_world(world, tmp_path / "a.yaml")
    first, second = (each.sample(20, rng=3).counts for each in (world, read_world(tmp_path / "a.yaml")))
    assert (first != second).nnz == 0
    assert first.nnz > 0


def test_what_a_file_says_is_what_the_world_is(put):
    """A file as people write it."""
    path = put(
        """
        # my own
        world: my batches
        summary: two batches
        n_obs: 50
        knobs:
          n_groups: 3
          n_markers: 10
          effect_size: 1.5
          n_batches: 2
          batch_effect: 1
        do: {batch_effect: 0, batch: batch_2}
        """
    )
    world = read_world(path)
    by_hand = World(
        "my batches", {"n_groups": 3, "n_markers": 10, "effect_size": 1.5, "n_batches": 2, "batch_effect": 1}
    ).do(batch_effect=0, batch="batch_2")
    assert world.digest == by_hand.digest
    assert (world.name, world.summary, world.n_obs) == ("my batches", "two batches", 50)
    assert (world.turned, dict(world.done)) == (("batch_effect",), {"batch": 1})


def test_a_world_of_the_catalogue_is_extended(put):
    """Knobs of the file go before those of the catalogue; what is not said stays."""
    base = WORLDS["ideal"].world
    world = read_world(put("world: deeper\nextends: ideal\nknobs: {depth: 9000}"))
    assert world.knobs == {**base.knobs, "depth": 9000}
    assert (world.name, world.n_obs, world.summary) == ("deeper", base.n_obs, base.summary)
    (line,) = refused(put("world: a\nextends: ideel"))
    assert line.startswith("2:1: there is no world 'ideel'; did you mean 'ideal'?")


def test_all_problems_are_named_at_once(put):
    """Line, column, what was found, what was expected, and the nearest name."""
    path = put(
        "world: a\n"
        "knobs:\n"
        "  n_groups: 010\n"
        "  effect_sizee: 1\n"
        "  batch_effect: -1\n"
        "  depth: true\n"
        "  ambient: .nan\n"
        "  low_share: '0.5'\n"
        "  doublet_rate: .inf\n"
        "  imbalance: no\n"
        "  topology: lines\n"
        "do: {typ: 1, batch_efect: 0}\n"
    )
    lines = refused(path)
    assert lines[0] == "3:3: n_groups is '010'; expected an integer >= 1 and <= 10000"
    assert lines[1] == "4:3: there is no such knob; did you mean 'effect_size'?"
    assert lines[2].startswith("5:3: batch_effect is -1; expected a number >= 0")
    assert lines[3].startswith("6:3: depth is True; expected a number >= 0")
    assert [line.split(";")[0] for line in lines[4:]] == [
        "7:3: ambient is nan",
        "8:3: low_share is '0.5'",
        "9:3: doublet_rate is inf",
        "10:3: imbalance is 'no'",
        "11:3: topology is 'lines'",
        "12:6: there is no node or knob 'typ'",
        "12:14: there is no node or knob 'batch_efect'",
    ]
    assert lines[-2].endswith("did you mean 'type'?")


def test_problems_of_several_knobs_have_the_place_of_one(put):
    """What does not fit together is found after each is legal; a knob that is not written stands at the mapping."""
    lines = refused(put("world: a\nknobs:\n  rare_share: 0.1\n  label_confusion: sibling\n"))
    assert lines == [
        "3:3: one type cannot be rare; raise n_groups",
        "4:3: types without a hierarchy have no siblings; set hierarchy, or use uniform",
    ]
    assert refused(put("world: a\nknobs: {batch_plan: nested, n_batches: 4}")) == [
        "2:9: 1 donors cannot fill 4 batches; add donors"
    ]


def test_interventions_are_tried_one_by_one(put):
    """Unknown classes, nodes that cannot be set and wrong shapes are said together."""
    text = "world: a\nknobs: {n_groups: 3, n_genes: 5}\ndo:\n  type: typ_1\n  count: 0\n  gene_mean: [1, 2]\n"
    lines = refused(put(f"{text}  position: [1]\n"))
    assert lines[0] == "4:3: 'typ_1' is no type of this world; did you mean 'type_1'?"
    assert lines[1].startswith("5:3: count cannot be set: it has a value per cell and gene")
    assert lines[2] == "6:3: the value of gene_mean has shape (2,); expected one number, or shape (5,)"
    assert lines[3] == "7:3: position plays no part in this world; turn path_length first"
    world = read_world(put("world: a\nknobs: {n_groups: 3, n_genes: 2}\ndo: {type: type_1, gene_mean: [-1, -2.5]}"))
    assert dict(world.done) == {"type": 0, "gene_mean": [-1, -2.5]}


def test_a_broken_file_is_refused_with_its_place(put, tmp_path):
    """Tags, repeated keys, tabs; a file that is absent, a folder, one that is too large."""
    (line,) = refused(put("n_obs: a\nworld: !!python/object:os.system a"))
    assert line == "2:8: there is a tag, tag:yaml.org,2002:python/object:os.system; leave it out"
    assert refused(put("world: a\nworld: b")) == ["2:1: 'world' is repeated; it stands at 1:1 already; keep one"]
    assert refused(put("world: a\nknobs:\n\tdepth: 1")) == ["3:1: there is a tab; write spaces"]
    assert refused(put("")) == [" it is empty; begin with a line such as world: my world"]
    assert refused(put("#" * 50_000_000)) == [" it has 1,000,001 bytes; at most 1,000,000 are read"]
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(UsageError, match=f"cannot read {path.name}"):
            read_world(path)


def test_tables_must_be_those_that_were_written(tmp_path):
    """Another twin's tables, or none, are refused."""
    write_world(twin(), tmp_path / "a.yaml")
    write_world(twin(n_genes=31), tmp_path / "b.yaml")
    (tmp_path / "b.parquet").replace(tmp_path / "a.parquet")
    with pytest.raises(StoreError, match="another sha256"):
        read_world(tmp_path / "a.yaml")
    with pytest.raises(StoreError, match=r"there is no file b\.parquet"):
        read_world(tmp_path / "b.yaml")


def test_knobs_that_a_twin_cannot_have_are_refused_at_their_place(tmp_path):
    """A twin has the genes it was fitted to."""
    write_world(twin(), tmp_path / "mine.yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(path.read_text().replace("depth: 400.5", "depth: 400.5, n_genes: 77"))
    (line,) = refused(path)
    assert line.startswith("3:23: n_genes was fitted to the data")


def test_a_file_of_somebody_else_is_not_replaced(tmp_path):
    """The place of the tables may be taken; then nothing is written. Suffixes other than YAML are refused."""
    (tmp_path / "a.parquet").write_text("mine")
    with pytest.raises(StoreError, match=r"a\.parquet is another file"):
        write_world(twin(), tmp_path / "a.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    with pytest.raises(UsageError, match=r"the file is named 'a\.json'"):
        write_world(World("a"), tmp_path / "a.json")


def test_what_no_file_can_hold_is_refused(tmp_path):
    """A table set by hand that is larger than a file may be; nothing is written."""
    world = World("large", {"n_genes": 50_000, "n_batches": 2}).do(batch_profile=np.full((2, 50_000), 1 / 3))
    with pytest.raises(UsageError, match="cannot be written as YAML"):
        write_world(world, tmp_path / "a.yaml")
    assert list(tmp_path.iterdir()) == []


# parts


def test_parts_are_written_and_read(put, tmp_path):
    """In any order, as a list; a world of expression needs none, and its file is as it was."""
    found = read_world(put("world: mine\nparts: [receptors, expression]\nknobs: {loci: TRA+TRB, n_genes: 5}"))
    assert (found.parts, found.knobs["loci"]) == (("expression", "receptors"), "TRA+TRB")
    assert "parts" not in write_world(World("w"), tmp_path / "w.yaml")[0].read_text(encoding="utf-8")
    world = World("r", {"n_clones": 9}, parts=("receptors",)).do(clone=3, cd4_share=0.1)
    again = read_world(write_world(world, tmp_path / "r.yaml")[0])
    assert (again.parts, again.digest, again.turned) == (("receptors",), world.digest, ("cd4_share",))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("parts: [receptor]", ["2:1: there is no part 'receptor'; did you mean 'receptors'"]),
        ("parts: []", ["2:1: "]),
        ("parts: [receptors]\nknobs: {n_genes: 5}", ["3:9: n_genes is a knob of expression"]),
        ("knobs: {n_clones: 5}", ["2:9: n_clones is a knob of receptors"]),
        ("parts: [receptors]\ndo: {count: 1}", ["3:6: count is a node of expression"]),
        ("parts: [receptors]\nknobs: {n_clones: 5}\ndo: {clone: 5}", ["4:6: 5 is no clone of this world"]),
    ],
)
def test_parts_that_do_not_fit_are_refused_with_their_place(text, lines, put):
    """Words that are no part, and knobs and nodes of parts that the world lacks."""
    found = refused(put(f"world: mine\n{text}"))
    assert len(found) == len(lines)
    assert all(said.startswith(line) for said, line in zip(found, lines, strict=True)), found
