import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from olga.utils import nt2aa
from scipy.stats import chisquare

from rashomon.core import UsageError
from rashomon.sim.motif.germline import ends_of
from rashomon.sim.motif.implant import REASONS, implant, room
from rashomon.sim.motif.motif import Motif
from rashomon.sim.stream import stream_key
from rashomon.sim.vdj import recombination_model, recombine

KEY = stream_key(4, "implant")
CODONS = ["".join(each) for each in itertools.product("ACGT", repeat=3)]


@pytest.fixture(scope="module")
def chains():
    """Human beta chains."""
    return recombine(recombination_model("human", "TRB"), stream_key(4, "chains"), np.arange(3000))


@pytest.fixture(scope="module")
def planted(chains):
    """The same chains with a motif, with what was planted and what had to stay."""
    motif = Motif("m", "WYG/W", gap=(0, 1), mismatches=(0.7, 0.3), window=(3, 3))
    instances = motif.draw(KEY, np.arange(3000))
    v_keep, j_keep = (np.maximum(ends, 3) for ends in ends_of(chains))
    found = implant(
        chains.junction, chains.junction_aa, instances, key=KEY, units=np.arange(3000), v_keep=v_keep, j_keep=j_keep
    )
    return found, instances, v_keep, j_keep, motif


def test_nucleotides_say_the_residues(planted):
    """Every junction translates to its residues, planted or not, as OLGA translates."""
    found = planted[0]
    told = [nt2aa(each.decode()) for each in found.junction]
    assert told == [each.decode() for each in found.junction_aa]


def test_germline_ends_and_lengths_stay(chains, planted):
    """No residue and no nucleotide of an end changes, and no length does."""
    found, _, v_keep, j_keep, _ = planted
    assert (np.strings.str_len(found.junction) == np.strings.str_len(chains.junction)).all()
    for i in range(len(chains)):
        assert found.junction[i][: 3 * v_keep[i]] == chains.junction[i][: 3 * v_keep[i]]
        assert found.junction[i][-3 * j_keep[i] :] == chains.junction[i][-3 * j_keep[i] :]


def test_instances_stand_where_it_is_said(chains, planted):
    """At the start stands the instance, where it is a full stop the old residue; changes are counted."""
    found, instances, _, _, motif = planted
    assert found.planted.mean() > 0.7
    for i in np.flatnonzero(found.planted):
        old, new = chains.junction_aa[i], found.junction_aa[i]
        for k, letter in enumerate(instances[i]):
            place = found.start[i] + k
            assert new[place] == (old[place] if letter == ord(".") else letter)
        assert found.n_changed[i] == sum(a != b for a, b in zip(old, new, strict=True))
    assert motif.found_in(found.junction_aa[found.planted])[0].all()


def test_receptors_without_room_stay_and_are_counted(chains, planted):
    """Where it does not fit nothing changes, and the reason is told; there is room exactly where it fits."""
    found, instances, v_keep, j_keep, _ = planted
    spans = np.strings.str_len(instances)
    places = [
        int(room(len(aa), span, v_keep=v, j_keep=j))
        for aa, span, v, j in zip(chains.junction_aa, spans, v_keep, j_keep, strict=True)
    ]
    assert (found.planted == (np.array(places) > 0)).all()
    out = ~found.planted
    assert out.any()
    assert (found.junction[out] == chains.junction[out]).all()
    assert (found.start[out] == -1).all()
    assert found.counts == {
        "planted": int((~out).sum()), REASONS[1]: int(out.sum()), "no junction": 0,
        "the nucleotides do not say these residues": 0, "nothing to plant": 0,
    }  # fmt: skip


def test_a_part_in_any_order_is_the_same(chains, planted):
    """What becomes of a receptor depends on itself and its number."""
    found, instances, v_keep, j_keep, _ = planted
    some = np.random.default_rng(2).permutation(3000)[:700]
    part = implant(
        chains.junction[some], chains.junction_aa[some], instances[some], key=KEY, units=some, v_keep=v_keep[some],
        j_keep=j_keep[some],
    )  # fmt: skip
    for name in ("junction", "junction_aa", "start", "n_changed", "reason"):
        assert (getattr(part, name) == getattr(found, name)[some]).all()


def test_the_arguments_stay_as_they_are(chains):
    """Planting makes new arrays."""
    before = chains.junction.copy()
    implant(
        chains.junction, chains.junction_aa, np.full(3000, b"W"), key=KEY, units=np.arange(3000), v_keep=1, j_keep=1
    )
    assert (chains.junction == before).all()


def test_starts_are_even():
    """Every place between the ends is equally probable."""
    n = 6000
    found = implant(
        np.full(n, b""), np.full(n, b"CAAAAAAAF"), np.full(n, b"WW"), key=KEY, units=np.arange(n), v_keep=2, j_keep=1
    )
    assert chisquare(np.bincount(found.start)[2:]).pvalue > 1e-4
    assert found.start.max() == 6
    assert (found.junction == b"").all()


@given(st.sampled_from([c for c in CODONS if nt2aa(c) != "*"]), st.sampled_from("ACDEFGHIKLMNPQRSTVWY"))
def test_codons_change_as_little_as_they_can(old, letter):
    """A residue that stays keeps its codon; a new one gets the codons nearest to the old one, and each of them."""
    n = 60
    junction = np.full(n, f"TGT{old}TTT".encode())
    texts = np.full(n, f"C{nt2aa(old)}F".encode())
    found = implant(junction, texts, np.full(n, letter.encode()), key=KEY, units=np.arange(n), v_keep=1, j_keep=1)
    changes = {c: sum(a != b for a, b in zip(old, c, strict=True)) for c in CODONS if nt2aa(c) == letter}
    nearest = {c for c, k in changes.items() if k == min(changes.values())}
    assert {each[3:6].decode() for each in found.junction} == nearest
    assert (found.n_changed == (nt2aa(old) != letter)).all()


def test_what_cannot_be_planted_is_told():
    """Missing junctions, nucleotides that say other residues or too few, and no instance, each have their reason."""
    found = implant(
        np.array([b"", b"TGTGCATTT", b"TGTGCATT", b"TGTNCATTT", b"TGTGCATTT", b"TGTGCATTT"]),
        np.array([b"", b"CGF", b"CAF", b"CAF", b"CAF", b"CAF"]),
        np.array([*5 * [b"W"], b""]), key=KEY, units=np.arange(6), v_keep=1, j_keep=1,
    )  # fmt: skip
    assert [REASONS[code] for code in found.reason] == [
        "no junction", *3 * ["the nucleotides do not say these residues"], "planted", "nothing to plant",
    ]  # fmt: skip
    assert found.junction_aa.tolist() == [b"", b"CGF", b"CAF", b"CAF", b"CWF", b"CAF"]
    assert found.start.tolist() == [-1, -1, -1, -1, 1, -1]


def test_wrong_columns_are_refused():
    """Columns of different lengths and negative ends are refused."""
    one = {"key": KEY, "units": np.array([0]), "v_keep": 1}
    with pytest.raises(UsageError, match="columns of"):
        implant(np.array([b""]), np.array([b"CAF", b"CAF"]), np.array([b"W"]), j_keep=1, **one)
    with pytest.raises(UsageError, match="an end is negative"):
        implant(np.array([b""]), np.array([b"CAF"]), np.array([b"W"]), j_keep=-1, **one)
    assert implant(np.array([b""]), np.array([b"CAF"]), np.array([b"W"]), j_keep=1, **one).planted.all()
