from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.ask.alias import aliases, correction, how_aliased, refused, with_hidden
from rashomon.ask.answer import Answer
from rashomon.dataset import Dataset, Roles, Truth


def column(name, codes, kind="technical"):
    codes = np.asarray(codes, dtype=np.int32)
    return Truth(name, kind, codes, tuple("abc"[: codes.max() + 1]))


def data(**roles):
    return Dataset(pd.DataFrame(index=list("uvwxyz")), roles=Roles(**roles))


STATUS = column("status", [0, 0, 0, 1, 1, 1], "biological")


def test_a_batch_within_one_class_hides_the_label():
    """Where every lane holds one status, and where they are one-to-one, the two cannot be told apart."""
    assert aliases(data(batch=column("lane", [0, 0, 1, 2, 2, 2])), STATUS) == ("lane",)
    assert aliases(data(batch=column("lane", [0, 0, 0, 1, 1, 1])), STATUS) == ("lane",)


def test_crossed_columns_and_donors_hide_nothing():
    """A lane with both statuses tells them apart; that a donor has one status is no fault of a study."""
    assert aliases(data(batch=column("lane", [0, 1, 0, 1, 0, 1])), STATUS) == ()
    assert aliases(data(donor=column("donor", [0, 0, 1, 1, 2, 2])), column("s", [0, 0, 0, 0, 1, 1])) == ()


def test_one_class_and_the_column_itself_are_no_aliases():
    """A single batch hides nothing that its own class does not show, and a column is not compared with itself."""
    lane = column("lane", [0, 0, 1, 1, 2, 2])
    assert aliases(data(batch=column("lane", [0] * 6)), STATUS) == ()
    assert aliases(data(batch=lane), lane) == ()


def test_a_refusal_gives_no_estimate():
    """What cannot be told has no number, and says what data would help."""
    said = Answer("truths", "answered", "the clusters follow status", "They share 0.5.", estimate=0.5)
    found = refused(said, STATUS, ("lane",))
    assert (found.status, found.estimate, found.interval) == ("cannot tell", None, None)
    assert found.verdict == "status cannot be told from lane"
    assert "varies within lane" in found.next_step
    assert found.assumptions[-1].status == "violated"


def test_labels_that_did_not_win_are_named_too():
    """Also where another column is followed, it is said of which nothing can be said."""
    said = Answer("truths", "answered", "the clusters follow v_gene", "They share 0.5.")
    found = with_hidden(said, {"status": ("lane",)})
    assert found.verdict == said.verdict
    assert "Nothing can be said about status: every class of lane holds one class of status." in found.text
    assert found.evidence == "status cannot be told from lane"
    assert [each.status for each in found.assumptions] == ["violated"]
    assert with_hidden(said, {}) is said


def test_words_say_how_a_column_hides():
    """One-to-one, constant within, or neither: in words, and nothing where there is nothing to say."""
    assert how_aliased(column("lane", [1, 1, 1, 0, 0, 0]), STATUS) == "status and lane are one and the same"
    assert how_aliased(column("lane", [0, 0, 1, 2, 2, 2]), STATUS) == "every lane holds one class of status"
    assert how_aliased(column("lane", [0, 1, 0, 1, 0, 1]), STATUS) == ""
    assert how_aliased(STATUS, STATUS) == how_aliased(column("lane", [0] * 6), STATUS) == ""


def test_a_correction_says_what_it_takes_away():
    """Integration over a lane that holds one status removes the status; over a crossed one it does not."""
    hides, crossed = column("lane", [0, 0, 1, 2, 2, 2]), column("lane", [0, 1, 0, 1, 0, 1])
    said = correction(data(batch=hides, condition=STATUS), "lane", purpose="and compare")
    assert "only to name what its classes share" in said
    assert "status, which goes with it" in said
    for roles in ({"batch": crossed, "condition": STATUS}, {"batch": hides}):
        assert correction(data(**roles), "lane", purpose="and compare").endswith("or cluster within it, and compare.")
    assert correction(data(), "depth", purpose="and compare").startswith("Integrate over depth, or")


def test_labels_that_are_no_role_go_too():
    """A declared label column is lost as a condition is; a technical one is no loss."""
    hides = column("lane", [0, 0, 1, 2, 2, 2])
    for kind, lost in (("annotation", True), ("technical", False)):
        truths = {"status": column("status", [0, 0, 0, 1, 1, 1], kind)}
        said = correction(replace(data(batch=hides), truths=truths), "lane", purpose="and compare")
        assert ("goes with it" in said) == lost
