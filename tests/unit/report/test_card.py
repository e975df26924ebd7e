from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.ask.card import card as asked
from rashomon.report import card
from rashomon.report.card import card_table, page_cards
from rashomon.report.cluster import cluster_rows
from tests import example_audit, example_receptor_audit
from tests.browser.variant import cards


def made(audit):
    return page_cards(audit, cluster_rows(audit))


def test_clusters_that_need_something_come_first():
    """Then those to keep, last what cannot be told; the largest first in each."""
    found = made(example_audit.audit())
    order = {"back": 1, "open": 2}
    places = [(order.get(each.row.mark.tone, 0), -each.row.size) for each in found]
    assert places == sorted(places)
    assert [each.row.verdict for each in found][:2] == ["splits", "merges"]
    assert found[-1].row.verdict == "cannot tell"


def test_a_card_says_what_is_known():
    """Donors, neighbour, where it is lost and exists, and in which quantities it differs."""
    audit = cards(example_audit.audit())
    first = next(each for each in made(audit) if each.row.cluster == "0")
    assert (first.donors, first.nearest, first.exists) == ("in 7 of 8 donors", "7", "resolution 0.5 to 1")
    assert first.lost == "half-samples of cells"
    assert [(check.name, check.value, check.others) for check in first.apart] == [("depth", "900", "1,300")]
    assert first.alike == ("stress",)
    assert first.worst.startswith("normalise = Pearson residuals")


def test_what_is_unknown_is_left_out():
    """Without cards and measurements nothing is said of donors, neighbours and quality."""
    for each in made(example_audit.audit()):
        assert (each.donors, each.nearest, each.lost, each.exists, each.apart, each.alike) == ("", "", "", "", (), ())


def test_undefined_quantities_are_no_difference():
    """A quantity without a median or without a rate stands neither under those apart nor under those alike."""
    audit = cards(example_audit.audit())
    table = audit.tables["nuisances"].assign(median=np.nan)
    found = made(replace(audit, tables={**audit.tables, "nuisances": table}))
    assert all((each.apart, each.alike) == ((), ()) for each in found)


def test_receptors_have_genes_and_donors():
    """Most frequent V and J, and the lengths; nothing for clusters without a word."""
    audit = example_receptor_audit.audit()
    found = {each.row.cluster: each for each in made(audit)}
    words = audit.tables["receptor_clusters"].set_index("cluster")
    for code, row in words.iterrows():
        mine = found[audit.judged.categories[code]]
        assert mine.genes.startswith(f"{row['top_v']} ({100 * row['v_share']:.0f} %)")
        assert f"in {row['n_donors']:.0f} donor" in mine.donors


def test_the_line_is_that_of_the_question():
    """A page and the table of cards speak of the same quantities."""
    assert card._APART == asked._APART


def test_the_table_is_the_richest_there_is():
    """Cards where there are any, else clusters, else none."""
    audit = example_audit.audit()
    assert card_table(cards(audit)).name == "cards"
    assert card_table(audit).name == "clusters"
    assert card_table(example_audit.audit(labels_only=True)) is None
    assert "class" not in card_table(audit).frame
    assert len(card_table(replace(audit, tables={**audit.tables, "cards": pd.DataFrame()})).frame) == 8
