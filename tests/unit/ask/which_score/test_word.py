"""The words of question 6: one set for cells, one for receptors."""

import pandas as pd
import pytest

from rashomon.ask.which_score.receptor_trial import CUTOFF
from rashomon.ask.which_score.track import TRACK_COLUMNS
from rashomon.ask.which_score.tripwire import score_tripwires
from rashomon.ask.which_score.word import OF_CELLS, OF_RECEPTORS, cannot_tell, tried_answer
from tests.unit.ask.which_score.test_receptor_trial import request


def record(**changed):
    """The deciding row of purity."""
    row = dict.fromkeys(TRACK_COLUMNS, 0.0) | {"truth": "epitope", "strength": 1.0, "among": CUTOFF, "score": "purity"}
    row |= {"n_draws": 10, "n_pipelines": 8, "hit": 0.9, "hit_low": 0.6, "hit_high": 1.0, "agreement_range": 0.3}
    return pd.DataFrame([{**row, **changed}], columns=list(TRACK_COLUMNS))


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"verdict": "believe"}, "purity picks well here for epitope"),
        ({"verdict": "no matter"}, "any cutoff will do for epitope"),
        ({"verdict": "do not believe", "default_hit": 1.0}, "the default cutoff is as good as any for epitope"),
        ({"verdict": "do not believe"}, "no score may choose the cutoff for epitope"),
        ({"verdict": "cannot tell"}, "cannot tell"),
    ],
)
def test_receptors_speak_of_cutoffs(changed, verdict):
    """Each record of a score has its verdict; twins of receptors rest on more than those of cells."""
    asked = request()
    wires = score_tripwires(asked)
    said = tried_answer(asked, record(**changed), wires, truth="epitope", words=OF_RECEPTORS)
    assert said.verdict == verdict
    assert "one of the best cutoffs for epitope" in said.estimate_of
    assert {statement for statement, _ in OF_RECEPTORS.assumptions} <= {each.statement for each in said.assumptions}


def test_without_twins_the_wires_are_said():
    """No twin, no assumption about twins of receptors; the reason is in the text."""
    asked = request()
    said = cannot_tell(
        asked, score_tripwires(asked), because="none was drawn", verdict="cannot tell", step="Draw.", words=OF_RECEPTORS
    )
    assert said.text.startswith("No score was tried on twins of these data: none was drawn.")
    assert not {statement for statement, _ in OF_RECEPTORS.assumptions} & {each.statement for each in said.assumptions}
    assert (OF_CELLS.chosen, OF_RECEPTORS.chosen) == ("resolution", "cutoff")
