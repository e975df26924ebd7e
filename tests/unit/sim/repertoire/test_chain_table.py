"""Tables of chains."""

import numpy as np

from rashomon.sim.repertoire.chain_table import EVENT, chain_table, events_of, put_chains, widened
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

MODEL = recombination_model("human", "TRB")
CHAINS = recombine(MODEL, stream_key(1, "table"), np.arange(40))


def test_events_are_what_was_put_into_the_table():
    """Every column comes back as it was."""
    back = events_of(MODEL, chain_table(CHAINS))
    for name in EVENT:
        np.testing.assert_array_equal(getattr(back, name), getattr(CHAINS, name))


def test_no_letter_is_cut_off():
    """Longer chains are put among shorter ones whole, and the others stay; a table that was given is not changed."""
    table = chain_table(CHAINS)
    size = np.strings.str_len(table["junction"])
    short, long = chain_table(CHAINS[size <= 39]), table[size == size.max()]
    narrow = short.astype([(name, "S39" if name == "junction" else short.dtype[name]) for name in short.dtype.names])
    found = put_chains(narrow, np.array([0]), long[:1])
    assert found["junction"][0] == long["junction"][0]
    assert found["junction"][1:].tolist() == short["junction"][1:].tolist()
    assert narrow["junction"][0] == short["junction"][0]


def test_columns_hold_the_longest_junction_of_the_model():
    """Nucleotides and residues."""
    wide = widened(MODEL, chain_table(CHAINS))
    assert wide.dtype["junction"].itemsize == MODEL.max_length
    assert wide["junction_aa"].tolist() == CHAINS.junction_aa.tolist()
