import numpy as np
import pytest

from rashomon.core import InputError
from rashomon.dataset import LOCI
from rashomon.io.receptor.repair import receptors_of
from tests.chain_sample import FIXTURES, airr_frame, chain_table, frame_table, wide

GOOD = {"v_call": ["TRBV7-9"] * 20, "j_call": ["TRBJ2-7"] * 20, "junction_aa": ["CASSYEQYF"] * 20}


def with_first(n, **columns):
    """Return 20 good chains, the first `n` of which have other values."""
    texts = {name: list(values) for name, values in ({"junction": [""] * 20} | GOOD).items()}
    for name, value in columns.items():
        texts[name][:n] = [value] * n
    return texts


def test_clean_mouse_chains():
    """Every chain of the fixture is kept as it is, but for the case of the nucleotides."""
    frame = airr_frame(FIXTURES / "dash_mouse.tsv.gz")
    for letter, locus, n_anchored in (("a", "TRA", 1891), ("b", "TRB", 1924)):
        receptors, notes = receptors_of(frame_table(frame, wide(letter)))
        assert receptors.species == "mouse"
        assert (receptors.locus == LOCI.index(locus)).all()
        assert receptors.junction_aa.astype(str).tolist() == frame[f"cdr3_{letter}_aa"].tolist()
        assert receptors.junction.astype(str).tolist() == frame[f"cdr3_{letter}_nucseq"].str.upper().tolist()
        assert receptors.v.texts.tolist() == frame[f"v_{letter}_gene"].tolist()
        assert receptors.flags["anchored"].sum() == n_anchored
        assert any("1,924 written in upper case" in note for note in notes)


def test_10x_names_of_the_wu_cells():
    """TRAV29DV5 and three more names are repaired in 16 chains; loci, stops and blanks are counted."""
    receptors, notes = receptors_of(frame_table(airr_frame(FIXTURES / "wu2020_tcr.airr.tsv.gz"), where="wu"))
    assert receptors.n_chains == 379
    assert "TRAV29/DV5" in receptors.v.names
    assert "TRAV29DV5" in receptors.v_raw.names
    assert sum(receptors.v.texts != receptors.v_raw.texts) == 16
    assert "wu: 42 of 61 chains without locus got that of their genes [receptor.locus_inferred]" in notes
    assert "wu, junction: 2 junctions are damaged (2 with a stop codon) [receptor.damaged]" in notes
    assert (receptors.productive[np.strings.find(receptors.junction_aa, b"*") >= 0] == 0).all()


def test_ards_cells():
    """All of their chains are repaired to themselves; six end in C, as TRAJ35 does, or are cut."""
    receptors, notes = receptors_of(frame_table(airr_frame(FIXTURES / "ards_tcr_500cells.airr.tsv.gz")))
    assert receptors.v.texts.tolist() == receptors.v_raw.texts.tolist()
    assert int((~receptors.flags["anchored"]).sum()) == 6
    assert not any("receptor.translation" in note for note in notes)


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("junction_aa", "CAS*EQYF", "with a stop codon"),
        ("junction_aa", "CAS_EQYF", "with a shifted frame"),
        ("junction_aa", "CASXEQYF", "with other characters"),
        ("junction", "TGTTTT", "are not the translation"),
    ],
)
def test_more_than_a_tenth_of_damaged_junctions_is_refused(column, value, what):
    """B77; a tenth is accepted, marked and said, and chains that are known not to be productive do not count."""
    with pytest.raises(InputError, match=what) as caught:
        receptors_of(chain_table(**with_first(3, **{column: value})))
    assert caught.value.code == "receptor.junction"
    receptors, notes = receptors_of(chain_table(**with_first(2, **{column: value})))
    assert receptors.n_chains == 20
    assert sum(what in note for note in notes) == 1
    if column == "junction_aa":
        assert receptors.productive.tolist() == [0, 0] + [-1] * 18
        known = chain_table(**with_first(15, **{column: value}), productive=[0] * 15 + [1] * 5)
        assert receptors_of(known)[0].productive.tolist() == [0] * 15 + [1] * 5


def test_lower_case_and_gaps_are_no_damage():
    """B77: repaired in all rows, and said."""
    receptors, notes = receptors_of(chain_table(**GOOD | {"junction_aa": ["cass..yeqyf"] * 20}))
    assert set(receptors.junction_aa.tolist()) == {b"CASSYEQYF"}
    assert notes[-2:] == ("x.tsv, junction: 20 written in upper case", "x.tsv, junction: 20 gaps removed")


def test_cdr3_given_as_junctions_are_refused():
    """B77: the anchors tell; most values without an end are refused for another reason."""
    with pytest.raises(InputError, match="100% of 20 junctions do not start with C: they look like CDR3") as caught:
        receptors_of(chain_table(**GOOD | {"junction_aa": ["ASSYEQY"] * 20}))
    assert caught.value.code == "receptor.anchors"
    with pytest.raises(InputError, match=r"11 of 20 junctions do not run from C to F or W \(55%") as caught:
        receptors_of(chain_table(**with_first(11, junction_aa="CASSYEQY")))
    assert "complete_end=True" in caught.value.fix
    receptors, notes = receptors_of(chain_table(**with_first(11, junction_aa="CASSYEQY")), complete_end=True)
    assert receptors.flags["anchored"].all()
    assert "x.tsv: the last residue was added to 11 of 20 junctions [receptor.completed]" in notes


def test_a_few_unanchored_junctions_are_said():
    """And flagged; nothing else changes."""
    receptors, notes = receptors_of(chain_table(**with_first(3, junction_aa="CASSYEQY")))
    assert receptors.flags["anchored"].tolist() == [False] * 3 + [True] * 17
    assert notes[-1] == "x.tsv, junction: 3 junctions do not run from C to F or W [receptor.unanchored]"


def test_cdr3_are_completed():
    """Of a table that says so; junctions that are only called CDR3 stay as they are."""
    receptors, notes = receptors_of(chain_table(**GOOD | {"junction_aa": ["ASSYEQY"] * 20}, is_cdr3=True))
    assert set(receptors.junction_aa.tolist()) == {b"CASSYEQYF"}
    assert "x.tsv: anchors were added to 20 CDR3 [receptor.completed]" in notes
    receptors, notes = receptors_of(chain_table(**GOOD, is_cdr3=True))
    assert set(receptors.junction_aa.tolist()) == {b"CASSYEQYF"}
    assert "x.tsv: the values called CDR3 have anchors, and were read as junctions" in notes


def test_nothing_is_reordered_or_lost():
    """Also chains without anything."""
    table = chain_table(
        v_call=["", "TRBV9", "TRAV29DV5"],
        j_call=["", "", ""],
        junction_aa=["", "CASF", ""],
        obs=[4, 2, 2],
        count=[1, 2, 3],
    )
    receptors, _ = receptors_of(table)
    assert receptors.obs.tolist() == [4, 2, 2]
    assert receptors.count.tolist() == [1, 2, 3]
    assert receptors.v.texts.tolist() == ["", "TRBV9", "TRAV29/DV5"]
    assert receptors.junction_aa.tolist() == [b"", b"CASF", b""]


def test_no_chains_at_all():
    """An empty table gives empty receptors."""
    receptors, _ = receptors_of(chain_table(v_call=[], n_obs=3))
    assert receptors.n_chains == 0
    assert set(receptors.flags) == {"anchored", "mait_like", "inkt_like"}
