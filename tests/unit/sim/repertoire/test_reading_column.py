"""Truths about the chains that were read of cells."""

import numpy as np

from rashomon.sim.repertoire.reading import read_chains
from rashomon.sim.repertoire.reading_column import convergent, reading_columns
from rashomon.sim.world import World

N, ROOT = 300, 8
GIVEN = {"loci": "TRA+TRB", "n_clones": 60, "n_donors": 3, "n_batches": 2, "selection": "none"}
BUSY = {
    "doublet_rate": 0.5, "vdj_umis": 6.0, "vj_umis": 4.0, "umi_dispersion": 0.1, "primer_bias": 0.2, "vdj_dropout": 0.1,
    "vj_dropout": 0.2, "ambient_molecules": 0.3, "index_hopping": 0.02, "pcr_copies": 9.0, "pcr_dispersion": 0.2,
    "base_error": 0.003, "indel_error": 0.001, "missing_alleles": 0.2, "short_reads": 0.4, "short_read_length": 40,
}  # fmt: skip


def world(**knobs):
    return World("reading", {**GIVEN, **knobs}, parts=("receptors",))


def cells(of, n=N):
    return of.scene(n, root=ROOT).cells(np.arange(n))


def test_columns_say_where_chains_come_from():
    """The source of a cell is that of its first chain, the foreign share that of its molecules; or neither."""
    s = cells(world(**{**BUSY, "vdj_dropout": 0.5, "vj_dropout": 0.5}))
    found = read_chains(s)
    columns = {name: (values, kind) for name, values, kind in reading_columns(s, found)}
    source, foreign = columns["chain_source"][0].astype(str), columns["foreign_frac"][0]
    assert {name: kind for name, (_, kind) in columns.items()} == {
        "convergent": None, "chain_source": "technical", "foreign_frac": None,
    }  # fmt: skip
    names = dict(enumerate(("own", "hopped", "ambient", "doublet")))
    for cell in range(N):
        mine = np.flatnonzero(found.receptors.obs == cell)
        assert source[cell] == (names[found.source[mine[0]]] if mine.size else "none")
        count = found.receptors.count[mine]
        expected = count[found.origin[mine] != cell].sum() / count.sum() if mine.size else np.nan
        np.testing.assert_allclose(foreign[cell], expected)
    assert set(source) == {"own", "hopped", "ambient", "doublet", "none"}


def test_columns_do_not_depend_on_what_was_drawn():
    """A world of one cell has the columns of the world; without faults nothing is said of sources."""
    for knobs in (BUSY, {}, {"doublet_rate": 0.1}):
        names = [
            [name for name, _, _ in reading_columns(s, read_chains(s))]
            for s in (cells(world(**knobs)), cells(world(**knobs), n=1))
        ]
        assert names[0] == names[1]
        assert ("chain_source" in names[0]) == bool(knobs)
    alone = cells(world(n_donors=1))
    assert list(reading_columns(alone, read_chains(alone))) == []


def test_convergence_is_of_residues_between_donors():
    """A receptor is convergent if another donor has its residues in other nucleotides: against all pairs of clones."""
    s = cells(world(loci="TRA", n_clones=0, public_share=0.3, n_public=3), n=6000)
    chains, donor, found = s["vj"], s["clone_donor"][s["clone"]], convergent(s)
    by_residues = {}
    for cell, aa in enumerate(chains["junction_aa"].tolist()):
        by_residues.setdefault(aa, []).append(cell)
    expected = np.zeros(6000, dtype=bool)
    for mine in by_residues.values():
        for cell in mine:
            expected[cell] = any(
                chains["junction"][cell] != chains["junction"][other] and donor[cell] != donor[other] for other in mine
            )
    np.testing.assert_array_equal(found, expected)
    assert 0 < found.sum() < 3000
