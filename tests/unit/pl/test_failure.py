import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from rashomon.pl import encode
from rashomon.pl.failure import failures

CHOICES = ("scale", "n_pcs", "one")


def runs(n=60, *, failed=9):
    """The failed runs are all of one scale; two thirds of them for one reason."""
    table = pd.DataFrame({"scale": ["none", "clip 10", "clip 10"] * (n // 3), "n_pcs": [20, 50] * (n // 2), "one": 1})
    table = table.assign(status="ok", reason="")
    lost = np.flatnonzero(table["scale"] == "none")[:failed]
    table.loc[lost, "status"] = "failed"
    table.loc[lost, "reason"] = ["out of memory" if i % 3 else "killed" for i in range(failed)]
    return table


NOT_RUN = pd.DataFrame(
    {
        "choice": ["normalise", "perturbation", "normalise"],
        "level": ["log CP10k", "donors", "Pearson residuals"],
        "because": ["the file holds no counts", "no donor column was declared", "the file holds no counts"],
    }
)
NONE = NOT_RUN.iloc[:0]


def bars(panel):
    """Lengths by the name of the row; the shading behind is no bar."""
    names = [tick.get_text().replace("\n", " ") for tick in panel.get_yticklabels()]
    lengths = [bar.get_width() for bar in panel.containers[0]]
    return dict(zip(names, lengths, strict=True))


def test_every_failed_run_is_counted_under_its_reason():
    """The longest bar first; together they are all failed runs."""
    reasons, *_ = failures(runs(), NONE, choices=CHOICES)
    assert list(bars(reasons).items()) == [("out of memory", 6), ("killed", 3)]
    assert reasons.get_title(loc="left") == "9 of 60 runs failed, by reason"
    assert [text.get_text() for text in reasons.texts] == ["6 runs", "3 runs"]


def test_shares_per_setting_are_those_of_a_cross_table():
    """Failed runs over all runs of each level, the choice with the largest difference first; one level says nothing."""
    table = runs()
    _, settings = failures(table, NONE, choices=["n_pcs", "one", "scale"])
    found = bars(settings)
    assert list(found) == ["scale", "clip 10", "none", "n_pcs", "20", "50"]
    for choice in ("scale", "n_pcs"):
        share = pd.crosstab(table[choice], table["status"], normalize="index")["failed"]
        assert {str(level): 100 * value for level, value in share.items()} == pytest.approx(
            {str(level): found[str(level)] for level in share.index}
        )
    assert [text.get_text() for text in settings.texts] == ["0 of 40", "9 of 20", "5 of 30", "4 of 30"]


def test_alternatives_that_were_not_run_are_all_named():
    """By reason, the most frequent first, with every level."""
    *_, never = failures(runs(), NOT_RUN, choices=CHOICES)
    assert list(bars(never).items()) == [("the file holds no counts", 2), ("no donor column was declared", 1)]
    assert [text.get_text() for text in never.texts] == [
        "normalise = Pearson residuals, log CP10k",
        "perturbation = donors",
    ]
    assert never.get_title(loc="left") == "3 alternatives not run, by reason"


def test_no_failed_run_is_said():
    """In words, above what was not run; without that, alone."""
    (never,) = failures(runs(failed=0), NOT_RUN, choices=CHOICES)
    outer = never.figure.axes[0]
    assert [text.get_text() for text in outer.texts] == ["no run failed: all 60 were finished"]
    axes = Figure().add_subplot()
    assert failures(runs(failed=0), NONE, ax=axes) == []
    assert len(axes.texts) == 1
    assert failures(pd.DataFrame(), NONE, ax=Figure().add_subplot()) == []


def test_rare_reasons_are_pooled_and_counted():
    """Twenty reasons: twelve are named, and the others are one row with all their runs."""
    table = runs(failed=20).assign(one=range(60))
    lost = table["status"] == "failed"
    table.loc[lost, "reason"] = [f"reason {i}" for i in range(20)]
    reasons, *_ = failures(table, NONE)
    assert len(bars(reasons)) == 13
    assert bars(reasons)["8 other reasons"] == 8
    assert sum(bars(reasons).values()) == 20


def test_many_levels_where_nothing_failed_are_one_row():
    """A choice with sixty levels has rows for the nine that failed, and one for the others."""
    _, settings = failures(runs().assign(one=range(60)), NONE, choices=["one"])
    assert len(bars(settings)) == 1 + 9 + 1
    assert settings.texts[-1].get_text() == "0 of 51"


def test_only_the_most_telling_choices_are_drawn():
    """Eight of ten, and the heading counts the others."""
    table = runs()
    names = [f"c{i}" for i in range(10)]
    table = table.assign(**{name: [i % 2 for i in range(60)] for name in names})
    _, settings = failures(table, NONE, choices=[*names, "scale"])
    assert next(iter(bars(settings))) == "scale"
    assert "3 more settings differ less" in settings.get_title(loc="left")


def test_failed_runs_without_a_reason_are_counted():
    """A reason that is missing is one, too."""
    reasons, *_ = failures(runs().assign(reason=None), NONE)
    assert bars(reasons) == {"no reason was given": 9}


def test_order_of_the_runs_does_not_matter(tmp_path):
    """Shuffled tables give the same picture to the last bit."""
    one, other = tmp_path / "one.png", tmp_path / "other.png"
    failures(runs(), NOT_RUN, choices=CHOICES, save=one)
    shuffled = runs().sample(frac=1, random_state=4), NOT_RUN.sample(frac=1, random_state=5)
    failures(*shuffled, choices=CHOICES, save=other)
    assert compare_images(str(one), str(other), tol=0) is None
    assert one.read_bytes() == other.read_bytes()


def test_hostile_texts_are_drawn():
    """Mathematics, markup and invisible characters stay text."""
    table = runs().replace({"reason": {"killed": "$\\frac{1 <b>\u202e"}, "scale": {"none": "_x$"}})
    assert encode(failures(table, NOT_RUN.assign(because="$$ _"), choices=CHOICES)[0], kind="svg")
