import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from rashomon import report
from rashomon.ask.receptor.word import RECEPTOR_WORDS
from rashomon.report.receptor import lone_receptors, meanings, receptor_lines, receptor_page
from tests import example_audit, example_receptor_audit
from tests.unit.report.test_page import HOSTILE, Page

ADDED = ("receptor_clusters", "receptor_scores", "beyond", "percolation", "curves", "calibration", "row_labels")


def write_page(folder, *arguments, **more):
    path = report.write(example_receptor_audit.audit(*arguments, **more), folder / "report.html")
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of an audit of receptors."""
    return write_page(tmp_path_factory.mktemp("receptors"))


def test_section_says_what_was_found():
    """Words, chaining, scores, agreement beyond the genes; what cannot be told has its reason."""
    found = receptor_page(example_receptor_audit.audit())
    said = " ".join(found.sentences)
    assert said.startswith("8 clusters of two receptors or more: ")
    assert "With hamming, clusters run together from a cutoff of 2 on: the largest component holds 20 %" in said
    assert "Retention for epitope: 0.31. Purity for epitope: 0.84 (0.40 for shuffled labels)." in said
    assert "follow epitope to 0.21 (0.12 to 0.30), of 1." in said
    assert "hla beyond V, J and length cannot be told: too few labels." in said
    assert [picture.name for picture in found.pictures] == [
        "receptor_clusters",
        "percolation",
        "retention_curve",
        "calibration",
    ]
    assert [table.name for table in found.tables] == [name for name in ADDED if name != "row_labels"]


@cache
def written():
    """An audit of receptors, once."""
    return example_receptor_audit.audit()


def exceeding(largest=(0.02, 0.2), *, p=0.025, ratio=1.9):
    """An audit whose sweep has two cutoffs with an excess, and whose scores stand beside backgrounds."""
    audit = written()
    table = pd.DataFrame(
        {
            "metric": "hamming", "cutoff": [1, 2], "retention": [0.43, 0.8], "largest_share": largest,
            "n_clusters": 9, "background_retention": [0.23, 0.6], "background_low": 0.2, "background_high": 0.25,
            "excess": [0.2, 0.21], "excess_low": 0.19, "excess_high": 0.21, "excess_ratio": ratio, "p_background": p,
        }
    )  # fmt: skip
    scores = audit.tables["receptor_scores"].assign(excess=np.nan)
    drawn = scores[scores["score"] == "purity"].head(1).assign(strata="background", random_mean=0.61)
    added = {"percolation": table, "receptor_scores": pd.concat([scores, drawn])}
    return replace(audit, tables={**audit.tables, **added})


def test_excess_is_said_once_per_distance():
    """At the most lenient cutoff before links chain: what is kept, what would be, points with their range, times."""
    (said,) = [text for text in receptor_page(exceeding()).sentences if "would in" in text]
    assert said == (
        "With hamming at a cutoff of 1, 43 % of receptors have a neighbour; 23 % would in receptors of the same V, J "
        "and length (excess 20 points, 19 to 21; 1.9 times)."
    )
    lenient = " ".join(receptor_page(exceeding((0.02, 0.03))).sentences)
    assert "With hamming at a cutoff of 2, 80 % of receptors have a neighbour; 60 %" in lenient
    chained = " ".join(receptor_page(exceeding((0.2, 0.3))).sentences)
    assert "With hamming at a cutoff of 1, 43 %" in chained


def test_an_excess_by_chance_is_said_to_be_none():
    """Where backgrounds have as much it is said; a ratio that does not exist is not."""
    said = " ".join(receptor_page(exceeding(p=0.2, ratio=np.nan)).sentences)
    assert "(excess 20 points, 19 to 21; no more than backgrounds vary)." in said


def test_purity_stands_beside_the_clusters_of_backgrounds():
    """The purity that V, J and length alone give follows that of shuffled labels."""
    said = " ".join(receptor_page(exceeding()).sentences)
    assert (
        "Purity for epitope: 0.84 (0.40 for shuffled labels; 0.61 in clusters of a background with the same V, J and "
        "length)." in said
    )


def test_cells_have_no_such_section():
    """Nor have receptors for which nothing was computed."""
    assert receptor_page(example_audit.audit()) is None
    assert receptor_page(example_receptor_audit.audit(without=ADDED)) is None
    assert receptor_lines(example_audit.audit()) == []


def test_refused_calibration_is_said():
    """The reason stands in place of the figure."""
    audit = example_receptor_audit.audit(without=("calibration",))
    refused = {**audit.tables, "calibration": example_receptor_audit.calibration().head(1)[["cutoff"]]}
    refused["calibration"] = refused["calibration"].assign(reason="one study gives 93 % of the pairs")
    found = receptor_page(type(audit)(**{**vars(audit), "tables": refused}))
    assert "The cutoff was not calibrated: one study gives 93 % of the pairs." in found.sentences
    assert "calibration" not in [picture.name for picture in found.pictures]


def test_every_word_is_explained():
    """Words of receptors come first; those for coming back stay, as they stand in the details."""
    words = meanings(example_receptor_audit.audit())
    assert list(words)[: len(RECEPTOR_WORDS)] == list(RECEPTOR_WORDS)
    assert "comes back" in words
    assert [name for name, _ in receptor_lines(example_receptor_audit.audit())] == list(RECEPTOR_WORDS)
    assert list(meanings(example_audit.audit())) == list(report.mark.MARKS)


def test_first_screen_is_about_receptors(page):
    """The clusters have their words, and nothing is said of cells."""
    first, _, _ = page.source.partition('<section id="stability">')
    assert "3,048 receptors · 8 clusters" in page.words
    assert first.count('class="verdictcell"') == 8
    for word in ("one donor", "same-target candidate", "cannot tell"):
        assert f"{word}" in first
    assert "come back as one cluster without a shared target" in page.words
    assert "No cluster was held against the antigen itself" in page.words
    assert 'href="#receptors"' in first
    ours = page.source.partition("</header>")[0]
    for name in ("receptors", "words"):
        ours += page.source.partition(f'<section id="{name}">')[2].partition("</section>")[0]
    said = re.sub(r"<style>.*?</style>|<[^>]+>", " ", ours, flags=re.DOTALL)
    told = [said[found.start() - 25 : found.end() + 20] for found in re.finditer(r"\bcells?\b", said)]
    # invariant receptors are those of cells
    assert [text for text in told if "iNKT cell" not in text and "receptors of cells" not in text] == []


def test_page_is_whole(page):
    """Every tag closes in order, every inner link leads somewhere."""
    assert page.open == []
    identifiers = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {link["href"] for link in page.of("a")} <= {f"#{identifier}" for identifier in identifiers}


def test_names_of_rows_stay_out(page):
    """The table from rows to receptors is a file, not a part of the page."""
    assert "SECRET-CELL" not in page.source


def test_injection_stays_text(page, tmp_path):
    """Hostile text in donors, labels, metrics and reasons makes no tag, no attribute and no comment."""
    hostile = write_page(tmp_path, " ".join(HOSTILE))
    expected = {(tag, *sorted(attributes)) for tag, attributes in page.tags}
    assert {(tag, *sorted(attributes)) for tag, attributes in hostile.tags} == expected
    assert hostile.comments == []
    assert hostile.open == []
    assert not set("\u202e\u2066\x00\x1b\r") & set(hostile.source)


@pytest.mark.slow
def test_thousands_of_clusters_are_cut(tmp_path):
    """The page shows 300 clusters and says where the others are."""
    page = write_page(tmp_path, n_clusters=320)
    assert page.source.count('class="verdictcell"') == 300
    assert "20 more clusters are in the file tables/receptor_clusters.csv" in page.words


def test_a_page_without_neighbours_begins_with_that(tmp_path):
    """No cluster at all: that is said before the answers, with how far one would have to go and what to do."""
    audit = written()
    none = replace(audit.judged, codes=np.full(audit.dataset.n_obs, -1, dtype=np.int32), own=False)
    alone = replace(audit, judged=none)
    first, reach, step = lone_receptors(alone)
    assert first.startswith("No receptor has a neighbour at this cutoff")
    assert re.search(r"[0-9.]+ % have one with \w+ at a cutoff of \d+", reach)
    assert step.startswith("Use a larger cutoff")
    assert lone_receptors(audit) == lone_receptors(replace(alone, judged=replace(none, own=True))) == ()


def test_agreement_by_chance_is_said_to_be_none():
    """A value whose p is large is no statement that clusters follow the label; a small negative one is 0."""
    audit = written()
    beyond = audit.tables["beyond"].assign(p=0.4, value=-0.01, low=-0.05, high=0.04, reason="")
    said = " ".join(receptor_page(replace(audit, tables={**audit.tables, "beyond": beyond})).sentences)
    assert "follow epitope to 0.00 (-0.05 to 0.04), of 1: no more than by chance." in said


def test_targets_are_named_with_what_is_not_one():
    """The page says which columns were read as what a receptor binds."""
    said = " ".join(receptor_page(written()).sentences)
    assert "What receptors bind was read from epitope" in said
    bare = replace(written().dataset, truths={})
    assert "No label column says what a receptor binds" in " ".join(
        receptor_page(replace(written(), dataset=bare)).sentences
    )


def test_clonal_families_are_counted_by_share():
    """For the clone rule the sentence is about families, not about chains of links."""
    table = exceeding().tables["percolation"].assign(metric="clone", cutoff=[0.05, 0.2], excess=np.nan)
    audit = replace(written(), tables={**written().tables, "percolation": table})
    said = " ".join(receptor_page(audit).sentences)
    assert "Where up to 5 % of the nucleotides may differ, 43 % of the heavy chains are in 9 clonal families" in said
    assert "run together" not in said
