import random

import igraph
import numpy as np
import pytest

from rashomon.core import child, igraph_random_state, root_entropy
from rashomon.core.rng import _IgraphRandom


def test_equal_names_give_equal_streams():
    """A stream depends on its root and its name alone."""
    assert np.array_equal(child(1, "thin", 0).integers(99, size=20), child(1, "thin", 0).integers(99, size=20))


@pytest.mark.parametrize(
    ("root", "names"),
    [(2, ("thin", 0)), (1, ("thin", 1)), (1, ("thin",)), (1, (0, "thin")), (1, ("thin0",)), (1, ())],
    ids=["root", "number", "shorter", "order", "joined", "nothing"],
)
def test_other_names_give_other_streams(root, names):
    """Changing root, any word, or the order of words gives another stream."""
    assert not np.array_equal(child(1, "thin", 0).integers(2**62, size=4), child(root, *names).integers(2**62, size=4))


def test_any_text_names_a_stream():
    """Also half a pair of surrogates, as names of a damaged file hold; it is not taken for another name."""
    lone = child(1, "donor \ud800").integers(2**62)
    assert lone == child(1, "donor \ud800").integers(2**62)
    assert lone != child(1, "donor ?").integers(2**62)


def test_streams_of_neighbours_are_uncorrelated():
    """Replicates 0 and 1 are independent: |r| < 0.05 for 10,000 normals (5 standard errors; false alarm 6e-7)."""
    a, b = (child(7, "replicate", i).standard_normal(10_000) for i in range(2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05


def test_stream_values_never_change():
    """Golden: the numbers behind every published result stay what they are."""
    assert child(1, "thin", 0).integers(1000, size=5).tolist() == [705, 792, 169, 777, 51]


def test_integer_is_its_own_root():
    """An integer, also a numpy one, is used as it is."""
    assert root_entropy(7) == root_entropy(np.int64(7)) == 7


def test_seed_sequence_gives_one_root_and_is_not_spent():
    """The same SeedSequence gives the same root again."""
    sequence = np.random.SeedSequence(5)
    assert root_entropy(sequence) == root_entropy(sequence) == root_entropy(np.random.SeedSequence(5))


def test_generator_advances():
    """Two studies started from one generator differ; from equal generators they agree."""
    generator = np.random.default_rng(3)
    first = root_entropy(generator)
    assert first != root_entropy(generator)
    assert first == root_entropy(np.random.default_rng(3))


def test_none_is_fresh_each_time():
    """Without a seed two studies differ (a collision has probability 1e-19), and the root says which it was."""
    a, b = root_entropy(None), root_entropy(None)
    assert a != b
    assert min(a, b) >= 0
    assert max(a, b) < 2**63


@pytest.mark.parametrize(
    ("rng", "error", "match"),
    [
        (-1, ValueError, r"in \[0, 2\*\*63\). Got -1"),
        (2**63, ValueError, r"in \[0, 2\*\*63\). Got 9223372036854775808"),
        (True, TypeError, "Got a bool"),
        ("7", TypeError, "Got str"),
        (7.0, TypeError, "Got float"),
        (np.random.RandomState(0), TypeError, "Got RandomState"),  # noqa: TID251 - refused
    ],
    ids=["negative", "too large", "bool", "text", "float", "legacy"],
)
def test_what_is_no_seed_is_refused(rng, error, match):
    """Anything else is an error that names what came."""
    with pytest.raises(error, match=match):
        root_entropy(rng)


def communities(seed):
    # a ring of weakly joined random groups: its communities depend on the seed
    graph = igraph.Graph([(i, (i * 7 + j) % 60) for i in range(60) for j in (1, 5, 11)])
    with igraph_random_state(seed):
        return graph.community_leiden(objective_function="modularity", n_iterations=1).membership


def test_igraph_repeats_itself_under_equal_seeds():
    """Seeds 1, 1, 2: the first two agree; over ten seeds not all agree."""
    assert communities(1) == communities(1)
    assert len({tuple(communities(seed)) for seed in range(10)}) > 1


def test_other_random_numbers_are_left_alone():
    """Neither Python's nor numpy's global state moves, also when the block fails."""
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - the global state is the subject
    communities(1)
    with pytest.raises(RuntimeError, match="inside"), igraph_random_state(1):
        raise RuntimeError("inside")
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002 - as above


def test_igraph_follows_python_again_afterwards():
    """After the block igraph draws from Python's generator, as it does by default."""
    communities(1)
    state = random.getstate()
    igraph.Graph.Erdos_Renyi(20, 0.5)
    moved = random.getstate() != state
    random.setstate(state)
    assert moved


def test_answers_are_those_of_scanpy():
    """Any mixture of questions gets the answers that scanpy draws one by one, also across blocks."""
    source = _IgraphRandom(3, n_block=7)
    scanpys = np.random.RandomState(3)  # noqa: TID251 - what scanpy draws from
    for ask_bits in np.random.default_rng(0).random(100) < 0.7:
        if ask_bits:
            assert source.getrandbits(32) == int(scanpys.tomaxint()) & (2**32 - 1)
        else:
            assert source.random() == scanpys.random_sample()


def test_igraph_asks_for_32_bits_only():
    """The answers are right for 32 bits only, and igraph asks for no other number."""
    asked = set()

    class Listening(random.Random):
        def getrandbits(self, k):
            asked.add(k)
            return super().getrandbits(k)

    igraph.set_random_number_generator(Listening(1))  # noqa: TID251 - to see what igraph asks
    try:
        igraph.Graph.Erdos_Renyi(60, 0.2).community_leiden(objective_function="modularity", n_iterations=2)
    finally:
        igraph.set_random_number_generator(random)  # noqa: TID251 - as above
    assert asked == {32}


def test_what_igraph_may_ask_is_in_range():
    """Whole numbers with both ends, a fraction below one, a finite normal."""
    source = _IgraphRandom(3)
    assert {source.randint(2, 4) for _ in range(200)} == {2, 3, 4}
    assert all(0 <= source.random() < 1 for _ in range(200))
    assert np.isfinite([source.gauss(0.0, 1.0) for _ in range(200)]).all()
