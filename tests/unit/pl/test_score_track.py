import numpy as np
import pandas as pd

from rashomon.pl.canvas import encode
from rashomon.pl.score_track import score_track


def table(*, scores=("silhouette", "modularity", "dbcv"), strengths=(1.0, 0.5)):
    """A record of some scores at some strengths; the last score has no value."""
    rows = []
    for strength in strengths:
        for j, score in enumerate(scores):
            hit = 0.2 + 0.3 * j if j < len(scores) - 1 else np.nan
            rows.append(
                {
                    "truth": "type", "strength": strength, "among": "resolution", "score": score, "default_hit": 0.4,
                    "hit": hit, "hit_low": hit - 0.1, "hit_high": hit + 0.1,
                    "regret": 0.3 - 0.1 * j if np.isfinite(hit) else np.nan,
                    "regret_low": 0.0, "regret_high": 0.4,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_the_best_score_is_on_top():
    """Scores stand in the order of their hits at the fitted strength; one mark per strength."""
    hits, losses = score_track(table())
    assert [text.get_text() for text in hits.get_yticklabels()] == ["modularity", "silhouette", "dbcv"]
    marks = [line for line in hits.lines if line.get_marker() not in {"None", ""}]
    assert [line.get_label() for line in marks] == ["0.5 times", "1 times"]
    np.testing.assert_allclose(marks[1].get_xdata(), [0.5, 0.2, np.nan])
    low, high = hits.get_ylim()
    assert low > high
    assert losses.get_xlabel().startswith("agreement (AMI) lost")


def test_the_default_and_the_tolerated_loss_are_marked():
    """A dashed line at the default's share, a dotted one at 0.05."""
    hits, losses = score_track(table())
    dashed = [line for line in hits.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata()[0] == 0.4
    dotted = [line for line in losses.lines if line.get_linestyle() == ":"]
    assert dotted[0].get_xdata()[0] == 0.05


def test_nothing_and_odd_names_are_drawn(tmp_path):
    """An empty table gives empty panels; names that look like formulas are text; a file is written."""
    assert encode(score_track(table().iloc[:0])[0], kind="svg")
    odd = table(scores=("$x_", "a_b", "\\\\frac{")).assign(truth="$\\frac{1")
    score_track(odd, save=tmp_path / "track.png")
    assert (tmp_path / "track.png").stat().st_size > 1000


def test_another_choice_and_another_truth():
    """Rows of the truth and of the choice that were asked for are drawn, others not."""
    rows = pd.concat([table(), table(scores=("ecc", "purity")).assign(truth="lane", among="every pipeline")])
    hits, _ = score_track(rows, truth="lane", among="every pipeline")
    assert [text.get_text() for text in hits.get_yticklabels()] == ["ecc", "purity"]
