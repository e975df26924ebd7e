"""Blocks of cells."""

import threading

import numpy as np
import pytest
from scipy import stats

from rashomon.sim import World, block
from rashomon.sim.block import block_size, blocks, cell_mixture, draw_block

KNOBS = {
    "n_genes": 60, "n_groups": 2, "n_markers": 10, "effect_size": 1.5, "n_donors": 2, "n_batches": 2,
    "doublet_rate": 0.5, "factor_sd": 0.2, "ambient": 0.1, "extra_zeros": 0.05,
}  # fmt: skip


@pytest.fixture(scope="module")
def scene():
    return World("w", KNOBS).scene(300, root=5)


def test_blocks_hold_half_a_million_entries():
    """A block has at most 2**19 entries, and at least one cell."""
    assert [block_size(n) for n in (1, 1024, 2**19, 2**21)] == [2**19, 512, 1, 1]


@pytest.mark.parametrize(("entries", "threads"), [(60, "1"), (60 * 7, "2"), (60 * 1000, "2")])
def test_what_is_drawn_depends_on_neither_blocks_nor_threads(scene, monkeypatch, entries, threads):
    """Any split into blocks, by any number of threads, gives the same matrix, in order."""
    whole = draw_block(scene, np.arange(300)).toarray()
    monkeypatch.setattr(block, "_ENTRIES", entries)
    monkeypatch.setenv("RASHOMON_THREADS", threads)
    parts = list(blocks(scene))
    assert len(parts) == -(-300 // max(1, entries // 60))
    np.testing.assert_array_equal(np.vstack([part.toarray() for part in parts]), whole)


def test_any_cells_can_be_drawn_alone(scene):
    """Single cells and shuffled ones have the rows that they have in the whole."""
    whole = draw_block(scene, np.arange(300)).toarray()
    for units in ([0], [299], [41, 7, 200]):
        np.testing.assert_array_equal(draw_block(scene, np.array(units)).toarray(), whole[units])


def test_progress_counts_cells_to_the_end(scene, monkeypatch):
    """The listener hears growing numbers of cells that end at all of them."""
    monkeypatch.setattr(block, "_ENTRIES", 60 * 64)
    heard = []
    list(blocks(scene, listener=heard.append))
    assert [each.done for each in heard] == [64, 128, 192, 256, 300]


def test_few_blocks_are_held_at_once(monkeypatch):
    """No more than two blocks per thread are drawn ahead of the one that is taken."""
    monkeypatch.setattr(block, "_ENTRIES", 60)
    monkeypatch.setenv("RASHOMON_THREADS", "1")
    drawn, lock, real = [], threading.Lock(), draw_block

    def watched(scene, units):
        with lock:
            drawn.append(int(units[0]))
        return real(scene, units)

    monkeypatch.setattr(block, "draw_block", watched)
    stream = blocks(World("w", KNOBS).scene(50, root=5))
    next(stream)
    assert len(drawn) <= 3
    assert len(list(stream)) == 49


def test_partners_come_from_the_same_lane():
    """Second cells are of the lane's donors and types: nested lanes never mix their donors."""
    world = World("w", {**KNOBS, "n_donors": 4, "batch_plan": "nested", "doublet_rate": 1.0, "n_groups": 3})
    cells = world.scene(2000, root=1).cells(np.arange(2000))
    partner = block._partners(cells)
    np.testing.assert_array_equal(partner["batch"], cells["batch"])
    np.testing.assert_array_equal(partner["donor"] % 2, cells["batch"])
    assert set(partner["donor"]) == {0, 1, 2, 3}


def test_partners_obey_an_intervention():
    """Under do(type=...), second cells are of that type too."""
    cells = World("w", KNOBS).do(type="type_2").scene(500, root=1).cells(np.arange(500))
    assert set(block._partners(cells)["type"]) == {1}


def test_singlets_have_no_second_part():
    """Without a doublet among them, cells are made of themselves, soup and nothing else."""
    world = World("w", {**KNOBS, "doublet_rate": 0.0})
    cells = world.scene(300, root=5).cells(np.arange(20))
    assert cell_mixture(cells).rows.shape == (20, 2)
    doubled = World("w", KNOBS).do(doublet=True).scene(300, root=5).cells(np.arange(20))
    assert cell_mixture(doubled).rows.shape == (20, 3)
    assert cell_mixture(doubled).weights[:, 1].min() > 0


def test_partners_are_cells_of_their_own():
    """Second cells have the shares of their lane, and donor, type, depth and factors unrelated to the first cell's."""
    more = {"doublet_rate": 1.0, "n_donors": 3, "n_groups": 3, "composition_variation": 0.2, "depth_sd": 0.5}
    cells = World("w", {**KNOBS, **more, "batch_association": 0.5}).scene(6000, root=2).cells(np.arange(6000))
    partner = block._partners(cells)
    for lane in (0, 1):
        here = cells["batch"] == lane
        joint = cells["donor_share"][:, None] * cells["composition"] * cells["batch_share"][:, :, lane]
        expected = (joint / joint.sum() * here.sum()).ravel()
        found = np.bincount(3 * partner["donor"][here] + partner["type"][here], minlength=9)
        assert stats.chisquare(found, expected).pvalue > 1e-4
        for name in ("donor", "type"):
            table = np.histogram2d(cells[name][here], partner[name][here], bins=3)[0]
            assert stats.chi2_contingency(table).pvalue > 1e-4
    assert abs(np.corrcoef(cells["cell_depth"], partner["cell_depth"])[0, 1]) < 4.5 / np.sqrt(6000)
    assert abs(np.corrcoef(cells["factor"][:, 0], partner["factor"][:, 0])[0, 1]) < 4.5 / np.sqrt(6000)
