"""Chains as a machine reports them."""

import numpy as np
import pytest
from scipy import stats

from rashomon.core import UsageError
from rashomon.sim.readout import SOURCES, draw_missing
from rashomon.sim.repertoire.chain import cell_receptors
from rashomon.sim.repertoire.chain_knob import READ_KNOBS
from rashomon.sim.repertoire.reading import read_chains
from rashomon.sim.repertoire.reading_column import reading_columns
from rashomon.sim.repertoire.sequence import model_of
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model
from rashomon.sim.world import World

N, ROOT = 300, 8
GIVEN = {"loci": "TRA+TRB", "n_clones": 60, "n_donors": 3, "n_batches": 2, "selection": "none"}
BUSY = {
    "doublet_rate": 0.5, "vdj_umis": 6.0, "vj_umis": 4.0, "umi_dispersion": 0.1, "primer_bias": 0.2, "vdj_dropout": 0.1,
    "vj_dropout": 0.2, "ambient_molecules": 0.3, "index_hopping": 0.02, "pcr_copies": 9.0, "pcr_dispersion": 0.2,
    "base_error": 0.003, "indel_error": 0.001, "missing_alleles": 0.2, "short_reads": 0.4, "short_read_length": 40,
}  # fmt: skip
OWN, HOP, AMBIENT, DOUBLET = range(len(SOURCES))


def world(**knobs):
    return World("reading", {**GIVEN, **knobs}, parts=("receptors",))


def cells(of, n=N):
    return of.scene(n, root=ROOT).cells(np.arange(n))


def rows(reading):
    """Every row by its cell, its origin, its arm and its source, with all that is reported of it."""
    r = reading.receptors
    keys = zip(r.obs.tolist(), reading.origin.tolist(), r.locus.tolist(), reading.source.tolist(), strict=True)
    values = zip(
        r.junction.tolist(), r.junction_aa.tolist(), r.v.texts.tolist(), r.j.texts.tolist(), r.d.texts.tolist(),
        r.count.tolist(), reading.reads.tolist(), r.productive.tolist(), strict=True,
    )  # fmt: skip
    return dict(zip(keys, values, strict=True))


JUNCTION, _AA, V, _J, _D, COUNT, READS, PRODUCTIVE = range(8)


def of_arm(reading, locus):
    return {key: value for key, value in rows(reading).items() if key[2] == locus}


TRA, TRB = 0, 1


def same(one, other):
    """Whether two readings are equal to the last bit, names of genes and flags included."""
    assert one.receptors.digest == other.receptors.digest
    for name in one.receptors.flags:
        np.testing.assert_array_equal(one.receptors.flags[name], other.receptors.flags[name])
    for name in ("source", "origin", "reads"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# neutral values


@pytest.mark.parametrize("loci", ["TRA+TRB", "TRB"])
def test_without_faults_the_chains_are_read_as_they_are(loci):
    """With every knob neutral the reading is the chains of the cells, bit for bit, each its own."""
    s = cells(world(loci=loci))
    found, true = read_chains(s), cell_receptors(s)
    assert found.receptors.digest == true.digest
    for name in true.flags:
        np.testing.assert_array_equal(found.receptors.flags[name], true.flags[name])
    np.testing.assert_array_equal(found.origin, true.obs)
    assert set(found.source) == {OWN}
    assert set(found.reads) == {1}


@pytest.mark.parametrize("name", [knob.name for knob in READ_KNOBS if knob.neutral is not None])
def test_the_neutral_value_removes_the_fault(name):
    """A world with one fault, at its neutral value, reads as the world that never had it; before, it did not."""
    helped = {"umi_dispersion": {"vdj_umis": 4.0}, "pcr_dispersion": {"pcr_copies": 5.0}}.get(name, {})
    spoiled, clean = world(**helped, **{name: BUSY[name]}), read_chains(cells(world(**helped)))
    neutral = next(knob.neutral for knob in READ_KNOBS if knob.name == name)
    same(read_chains(cells(spoiled.do(**{name: neutral}))), clean)
    assert rows(read_chains(cells(spoiled))) != rows(clean)


def test_the_whole_machine_can_be_taken_away():
    """A busy machine changes the chains; with all its knobs neutral, and no doublets, nothing of it is left."""
    busy = world(**BUSY)
    neutral = {knob.name: knob.neutral for knob in READ_KNOBS if knob.neutral is not None}
    same(read_chains(cells(busy.do(**neutral, doublet=0))), read_chains(cells(world())))
    assert set(read_chains(cells(busy)).source) == {OWN, HOP, AMBIENT, DOUBLET}


# what follows from a knob, and nothing else


@pytest.mark.parametrize(
    ("name", "value", "locus"),
    [("vdj_umis", 30.0, TRA), ("vdj_dropout", 0.6, TRA), ("vj_umis", 30.0, TRB), ("vj_dropout", 0.6, TRB)],
)
def test_an_arm_is_not_reached_by_the_other(name, value, locus):
    """Molecules and losses of one arm leave every bit of the other where molecules of cells do not mix."""
    base = world(**{**BUSY, "ambient_molecules": 0.0})
    before, after = read_chains(cells(base)), read_chains(cells(base.do(**{name: value})))
    assert of_arm(before, locus) == of_arm(after, locus)
    assert of_arm(before, 1 - locus) != of_arm(after, 1 - locus)


FREE = {
    "base_error": (0.05, {JUNCTION, _AA, PRODUCTIVE}), "indel_error": (0.05, {JUNCTION, _AA, PRODUCTIVE}),
    "missing_alleles": (0.5, {V}), "short_reads": (0.9, {V}), "short_read_length": (15, {V}),
    "pcr_copies": (50.0, {READS}), "pcr_dispersion": (3.0, {READS}),
}  # fmt: skip


@pytest.mark.parametrize("name", FREE)
def test_a_knob_of_calls_and_copies_changes_its_columns_only(name):
    """Errors change letters, references change V calls, copies change reads: rows and other columns keep every bit."""
    value, columns = FREE[name]
    # clones of one cell: no two chains of a droplet are alike, so that none become one by what is called
    base = world(**{**BUSY, "n_clones": 0, "doublet_rate": 0.0})
    before, after = rows(read_chains(cells(base))), rows(read_chains(cells(base.do(**{name: value}))))
    assert set(before) == set(after)
    moved = {place for key in before for place in range(8) if before[key][place] != after[key][place]}
    assert moved <= columns
    assert moved


@pytest.mark.parametrize(("name", "source"), [("index_hopping", HOP), ("ambient_molecules", AMBIENT)])
def test_foreign_molecules_are_added_and_change_nothing_else(name, source):
    """Without hopping or soup the rows of other sources are the same to the last bit."""
    base = world(**{**BUSY, "index_hopping": 0.0, "ambient_molecules": 0.0, name: 0.3})
    with_it, without = rows(read_chains(cells(base))), rows(read_chains(cells(base.do(**{name: 0.0}))))
    assert {key for key in with_it if key[3] == source}
    merged = [key for key in without if with_it.get(key) != without[key]]
    # molecules of a cell of the same clone add to its own, as nobody can tell them apart
    assert all(with_it[key][COUNT] > without[key][COUNT] for key in merged)
    assert len(merged) < 0.1 * len(without)
    assert {key for key in with_it if key[3] != source} == set(without)


# what each fault looks like


def test_hopped_molecules_are_identical_and_few():
    """A hopped chain has the letters of its origin, fewer molecules, another donor, and the batch of its origin."""
    s = cells(world(vdj_umis=200.0, vj_umis=100.0, index_hopping=0.005))
    found = read_chains(s)
    table = rows(found)
    hopped = [key for key in table if key[3] == HOP]
    assert len(hopped) > 100
    for cell, origin, locus, _ in hopped:
        assert table[cell, origin, locus, HOP][:COUNT] == table[origin, origin, locus, OWN][:COUNT]
        assert s["batch"][cell] == s["batch"][origin]
        assert s["donor"][cell] != s["donor"][origin]
    counts = np.array([[table[key][COUNT], table[key[1], key[1], key[2], OWN][COUNT]] for key in hopped])
    assert np.median(counts[:, 0] / counts[:, 1]) < 0.05
    assert counts[:, 0].sum() == pytest.approx(0.005 * found.receptors.count[found.source == OWN].sum(), rel=0.3)


def test_chains_are_lost_at_their_rate():
    """The share of lost chains of each arm is the knob's, the arms independently (p > 1e-4)."""
    n = 2000
    found = read_chains(cells(world(vdj_dropout=0.1, vj_dropout=0.35), n=n)).receptors
    for locus, share in ((TRB, 0.1), (TRA, 0.35)):
        assert stats.binomtest(int(n - (found.locus == locus).sum()), n, share).pvalue > 1e-4
    neither = n - np.unique(found.obs).size
    assert stats.binomtest(neither, n, 0.1 * 0.35).pvalue > 1e-4


@pytest.mark.parametrize("soup", [0.0, 1.0])
def test_a_world_can_lose_all_its_chains(soup):
    """Where every chain is lost nothing is reported, and nothing floats in the soup; cells stay, without source."""
    s = cells(world(loci="TRB", vdj_dropout=1.0, ambient_molecules=soup, index_hopping=0.5 * soup), n=20)
    found = read_chains(s)
    assert found.receptors.n_chains == 0
    columns = {name: values for name, values, _ in reading_columns(s, found)}
    assert set(columns["chain_source"]) == {"none"}
    assert np.isnan(columns["foreign_frac"]).all()


def test_both_modalities_agree_on_doublets():
    """Droplets with chains of a second cell are those that the node of doublets names; the second is of their batch."""
    s = cells(world(doublet_rate=0.5, n_clones=0))
    found = read_chains(s)
    theirs = found.source == DOUBLET
    assert set(found.receptors.obs[theirs]) == set(np.flatnonzero(s["doublet"]))
    np.testing.assert_array_equal(s["batch"][found.origin[theirs]], s["batch"][found.receptors.obs[theirs]])
    every = read_chains(cells(world(n_clones=0).do(doublet=1)))
    np.testing.assert_array_equal(np.bincount(every.receptors.obs), 4)


def test_second_cells_are_those_of_the_expression():
    """In a paired world the chains of a second cell come from one of its donor and type, wherever its lane has one."""
    given = {**GIVEN, "n_clones": 0, "n_genes": 30, "n_markers": 2, "n_groups": 3}
    s = cells(World("paired", given, parts=("expression", "receptors")).do(doublet=1))
    found = read_chains(s)
    rows = np.flatnonzero(found.source == DOUBLET)
    cell, origin = found.receptors.obs[rows], found.origin[rows]
    donor, type_ = s["second_cell"][cell].T
    as_told = (s["donor"][origin] == donor) & (s["type"][origin] == type_)
    for one, told in zip(cell, as_told, strict=True):
        there = (s["batch"] == s["batch"][one]) & (s["donor"] == s["second_cell"][one, 0])
        there &= s["type"] == s["second_cell"][one, 1]
        there[one] = False
        assert told == there.any()
    assert as_told.mean() > 0.9
    assert (cell != origin).all()
    np.testing.assert_array_equal(s["batch"][cell], s["batch"][origin])


def test_molecules_that_nobody_counts_are_one():
    """Where molecules of one arm only are drawn, each chain of the other has one."""
    found = read_chains(cells(world(vdj_umis=20.0)))
    assert set(found.receptors.count[found.receptors.locus == TRA]) == {1.0}
    assert found.receptors.count[found.receptors.locus == TRB].mean() == pytest.approx(20, rel=0.05)


def test_primers_catch_genes_unevenly_and_differently_by_batch():
    """Among many molecules, all chains of a V gene in a batch lose the same share, and other ones lose others."""
    s = cells(world(loci="TRB", vdj_umis=5000.0, primer_bias=0.7))
    found = read_chains(s).receptors
    share = found.count / 5000.0
    group = np.char.add(found.v.at("gene").texts.astype(str), s["batch"][found.obs].astype(str))
    within = [share[group == each] for each in np.unique(group)]
    assert max(np.ptp(each) for each in within) < 0.12
    assert np.std([each.mean() for each in within]) > 0.1


def test_broken_junctions_have_no_amino_acids():
    """Out of frame, or with a stop, a chain is not productive and its amino acids are empty, as at the door."""
    found = read_chains(cells(world(base_error=0.02, indel_error=0.01))).receptors
    frame = np.strings.str_len(found.junction) % 3 == 0
    assert (found.junction_aa[~frame] == b"").all()
    np.testing.assert_array_equal(found.productive == 1, found.junction_aa != b"")
    assert (found.productive[frame] == 0).any()
    assert not found.flags["anchored"][found.junction_aa == b""].any()


def test_missing_alleles_are_never_called():
    """No call names an allele that the reference lacks; short reads do not bring it back, and know the true gene."""
    base = world(missing_alleles=0.3, short_reads=1.0, short_read_length=30)
    s = cells(base)
    missing = {
        name
        for locus in ("TRA", "TRB")
        for name in draw_missing(
            recombination_model("human", locus).v_sequences, stream_key(ROOT, "reading"), share=0.3
        )
    }
    found, true = read_chains(s).receptors, cell_receptors(s)
    called = [set(text.split(",")) for text in found.v.texts]
    assert missing
    assert not set.union(*called) & missing
    assert set(true.v.texts) & missing
    for genes, gene in zip(called, true.v.texts, strict=True):
        assert gene in genes or gene in missing
    assert max(map(len, called)) > 2


def test_a_reference_holds_something():
    """Where all alleles of a small locus were drawn as missing, all but one are."""
    base = World("few", {"loci": "IGH+IGL", "species": "mouse", "missing_alleles": 0.5}, parts=("receptors",))
    for root in range(40):
        names = tuple(recombination_model("mouse", "IGL").v_sequences)
        if len(draw_missing(names, stream_key(root, "reading"), share=0.5)) == len(names):
            break
    found = read_chains(base.scene(30, root=root).cells(np.arange(30))).receptors
    assert set(found.v.texts[found.locus == 6]) == {names[0]}


def test_short_reads_name_every_allele_that_ends_alike():
    """A short read is called as all alleles with its last bases: checked against the germlines, allele by allele."""
    s = cells(world(loci="TRB", short_reads=1.0, short_read_length=25))
    bases = model_of(s, "vdj").v_sequences
    for text, gene in zip(read_chains(s).receptors.v.texts, cell_receptors(s).v.texts, strict=True):
        assert set(text.split(",")) == {name for name in bases if bases[name][-25:] == bases[gene][-25:]}


# the table


def test_the_order_of_rows_tells_nothing():
    """Rows are by cell, arm, molecules, reads and junction: own chains do not come first; none is there twice."""
    found = read_chains(cells(world(**BUSY)))
    r = found.receptors
    keys = list(zip(r.obs, r.locus == TRA, -r.count, -found.reads, r.junction, strict=True))
    assert keys == sorted(keys)
    what = list(zip(r.obs, r.locus, r.v.texts, r.j.texts, r.junction, strict=True))
    assert len(set(what)) == len(what)
    assert (r.count >= 1).all()
    assert (found.reads >= r.count).all()


def test_foreign_chains_keep_their_d_gene_and_class():
    """A chain that came from elsewhere has the D gene and the constant gene of its origin."""
    s = cells(world(loci="IGH+IGK", hypermutation=0.01, class_switching=0.4, ambient_molecules=1.0, index_hopping=0.2))
    found, true = read_chains(s), cell_receptors(s)
    place = {(cell, locus): row for row, (cell, locus) in enumerate(zip(true.obs, true.locus, strict=True))}
    row = [place[key] for key in zip(found.origin, found.receptors.locus, strict=True)]
    assert (found.origin != found.receptors.obs).any()
    for name in ("d", "c", "j"):
        np.testing.assert_array_equal(getattr(found.receptors, name).texts, getattr(true, name).texts[row])
    np.testing.assert_array_equal(found.receptors.junction, true.junction[row])


def test_a_part_of_a_world_cannot_be_read():
    """A lane is read as a whole; without faults any cells can be."""
    for knobs, refused in (({"vj_dropout": 0.1}, True), ({}, False)):
        part = world(**knobs).scene(N, root=ROOT).cells(np.arange(10))
        if refused:
            with pytest.raises(UsageError, match="10 of 300 cells are in play"):
                read_chains(part)
        else:
            assert read_chains(part).receptors.n_chains == 20
