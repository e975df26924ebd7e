import base64
import gzip
import json

import numpy as np
import pytest

from rashomon.report.map_data import map_data
from rashomon.report.map_layer import Layer


def classes(codes, names, **more):
    """A layer of classes."""
    colours = ("#0072B2",) * len(names)
    settings = {"n_coloured": len(names), **more}
    return Layer("type", "Label columns", np.asarray(codes, dtype=np.int32), tuple(names), colours, **settings)


def numbers(values):
    """A layer of numbers."""
    none = np.empty(0, dtype=np.int32)
    return Layer("stability", "What was found", none, (), ("#000000", "#ffffff"), "not known", values=np.array(values))


def unpacked(text):
    """Header, positions in [0, 1] and stored values per layer: read by the description of the block."""
    raw = gzip.decompress(base64.b64decode(text, validate=True))
    length = int.from_bytes(raw[:4], "little")
    header = json.loads(raw[4 : 4 + length])
    arrays = (
        list(np.frombuffer(raw[4 + length :], dtype=np.uint8).reshape(-1, header["n"]))
        if header["n"]
        else [np.empty(0)] * 5
    )

    def pair():
        return arrays.pop(0).astype(int) * 256 + arrays.pop(0)

    xy = np.stack([pair(), pair()], axis=1) / 65535
    stored = [pair() if layer["wide"] else arrays.pop(0).astype(int) for layer in header["layers"]]
    assert not arrays
    return header, xy, stored


def islands(rng, n=400, k=4):
    """Round islands far apart, and which one each cell is in."""
    codes = np.arange(n) % k
    centres = np.stack([np.cos(2 * np.pi * codes / k), np.sin(2 * np.pi * codes / k)], axis=1)
    return 10 * centres + rng.normal(0, 0.5, (n, 2)), codes


def test_every_cell_keeps_place_and_labels(rng):
    """What is read back is each cell's position, to a 65,535th, with its class and its number."""
    xy, codes = islands(rng)
    codes[::7] = -1
    values = rng.random(codes.size)
    values[::5] = np.nan
    names = [f"cell {place}" for place in range(codes.size)]
    made = map_data(xy, [classes(codes, "abcd"), numbers(values)], cell_names=names)
    header, found, (types, steps) = unpacked(made.text)
    rows = np.array([names.index(name) for name in header["cells"]])
    assert sorted(rows) == list(range(codes.size))
    side = np.ptp(xy, axis=0).max()
    expected = 0.5 + (xy[rows] - (xy.min(axis=0) + xy.max(axis=0)) / 2) / side
    np.testing.assert_allclose(found, expected, atol=1 / 65535)
    np.testing.assert_array_equal(types, np.where(codes[rows] < 0, 255, codes[rows]))
    known = np.isfinite(values[rows])
    np.testing.assert_array_equal(steps[known], np.floor(values[rows][known] * header["steps"]))
    assert set(steps[~known]) == {255}


def test_head_counts_all_cells(rng):
    """Counts in the head are of all cells, also of those that are not drawn, and a number is counted in fifths."""
    xy, codes = islands(rng, n=3000)
    made = map_data(xy, [classes(codes, "abcd"), numbers(np.linspace(0, 1, 3000))], max_cells=1200)
    types, scale = unpacked(made.text)[0]["layers"]
    assert (types["counts"], types["missing"]) == ([750] * 4, 0)
    assert (scale["counts"], scale["names"][0]) == ([600, 600, 600, 600, 600], "0 to 0.2")
    assert (made.n_drawn, made.n_placed) == (1200, 3000)


def test_names_of_cells_are_only_there_when_asked_for(rng):
    """Without the argument no name of a cell is in the block."""
    xy, codes = islands(rng)
    header, _, _ = unpacked(map_data(xy, [classes(codes, "abcd")]).text)
    assert "cells" not in header


def test_cells_without_a_place_are_left_out(rng):
    """NaN and infinite positions are not drawn, whatever they are labelled."""
    xy, codes = islands(rng)
    xy[3, 0], xy[8, 1], xy[9] = np.nan, np.inf, -np.inf
    made = map_data(xy, [classes(codes, "abcd")])
    header, _, (types,) = unpacked(made.text)
    assert (made.n_drawn, made.n_placed, header["n"]) == (397, 397, 397)
    keep = np.isfinite(xy).all(axis=1)
    np.testing.assert_array_equal(np.bincount(types), np.bincount(codes[keep]))


def test_nothing_to_draw_is_an_empty_block():
    """Where no cell has a position, the block holds none."""
    made = map_data(np.full((3, 2), np.nan), [classes([0, 0, 0], "a")])
    assert (made.n_drawn, unpacked(made.text)[0]["n"]) == (0, 0)


def test_one_place_is_the_middle():
    """Cells in one place, as of a failed embedding, stand in the middle."""
    _, xy, _ = unpacked(map_data(np.ones((5, 2)), [classes([0] * 5, "a")]).text)
    np.testing.assert_allclose(xy, 0.5, atol=1 / 65535)


def test_a_few_far_cells_do_not_shrink_the_map(rng):
    """A cell far outside is drawn at the edge and counted; the others fill the frame; a whole map is left as it is."""
    xy, codes = islands(rng, n=4000)
    layers = [classes(codes, "abcd")]
    assert map_data(xy, layers).n_far == 0
    xy[0] = (1e6, 0)
    made = map_data(xy, layers)
    assert made.n_far >= 1
    _, found, _ = unpacked(made.text)
    assert np.ptp(np.quantile(found, [0.01, 0.99], axis=0), axis=0).min() > 0.3


def test_a_sample_is_seeded_and_nested(rng):
    """The sample is the same each time, and a smaller one is a part of the larger one."""
    xy, codes = islands(rng, n=4000)
    names = [str(place) for place in range(4000)]
    drawn = [
        set(unpacked(map_data(xy, [classes(codes, "abcd")], cell_names=names, max_cells=n).text)[0]["cells"])
        for n in (3000, 3000, 2000)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[2] < drawn[0]


def test_the_block_keeps_its_limit(rng):
    """Where labels do not compress, fewer cells are drawn until the block fits; the order of the file is not in it."""
    xy = rng.random((20_000, 2))
    layers = [classes(rng.integers(0, 250, 20_000), [str(place) for place in range(250)]) for _ in range(6)]
    made = map_data(xy, layers, max_bytes=100_000)
    assert len(made.text) <= 100_000
    assert 1000 < made.n_drawn < 20_000
    assert made.text == map_data(xy, layers, max_bytes=100_000).text


def test_a_hundred_thousand_cells_fit(rng):
    """100,000 cells with eight labels, one number and one column of 500 classes take less than 1.5 MB, all drawn."""
    xy, codes = islands(rng, n=100_000, k=40)
    names = [str(place) for place in range(40)]
    columns = [classes(rng.integers(0, k, codes.size), names[:k]) for k in (2, 3, 8, 8, 12)]
    wide = classes(rng.integers(0, 500, codes.size), [f"clone {place}" for place in range(500)])
    made = map_data(xy, [classes(codes, names), numbers(rng.random(codes.size)), *columns, wide])
    assert made.n_drawn == 100_000
    assert len(made.text) <= 1_500_000


def test_many_classes_take_two_bytes(rng):
    """Codes above 255 come back as they are, and the highest value is that of no class."""
    codes = np.arange(600) % 300
    codes[5] = -1
    made = map_data(rng.random((600, 2)), [classes(codes, [str(place) for place in range(300)])])
    header, _, (stored,) = unpacked(made.text)
    assert header["layers"][0]["wide"]
    np.testing.assert_array_equal(np.sort(stored), np.sort(np.where(codes < 0, 65535, codes)))


def test_names_stand_on_their_cells(rng):
    """A name stands on a cell of its class, largest first; a class that is spread over all the others has none."""
    xy, codes = islands(rng)
    everywhere = rng.integers(0, 3, codes.size)
    made = map_data(xy, [classes(codes, "abcd"), classes(everywhere, ("G1", "S", "G2M"))])
    header, _, (types, _) = unpacked(made.text)
    labels = header["layers"][0]["labels"]
    assert {text for _, text in labels} == set("abcd")
    assert all("abcd"[types[place]] == text for place, text in labels)
    assert header["layers"][1]["labels"] == []


def test_a_split_class_is_named_on_one_of_its_parts(rng):
    """The name of a class of two islands stands on one of them, and not between them where others are."""
    xy, codes = islands(rng)
    header, _, (types,) = unpacked(map_data(xy, [classes(codes % 2, "ab")]).text)
    assert [text for place, text in header["layers"][0]["labels"] if types[place] == "ab".index(text)] == ["a", "b"]


def test_marks_of_other_groups_stand_on_these(rng):
    """Where a layer names groups of its own, their texts are written, once on each."""
    xy, codes = islands(rng)
    layer = classes(codes % 2, ("✓ holds", "+ merges"), marked=(codes, ("✓", "+", "✓", "+")))
    labels = unpacked(map_data(xy, [layer]).text)[0]["layers"][0]["labels"]
    assert sorted(text for _, text in labels) == ["+", "+", "✓", "✓"]


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_every_class_and_step_has_a_colour(rng, paper):
    """One colour per class and per step of a number, for either paper."""
    xy, codes = islands(rng)
    header, _, _ = unpacked(map_data(xy, [classes(codes, "abcd"), numbers(codes / 4)]).text)
    assert [len(layer[paper]) for layer in header["layers"]] == [4, header["steps"] + 1]
