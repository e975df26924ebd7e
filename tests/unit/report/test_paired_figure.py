"""The figure of the paired part: there where states were compared, and said in words."""

from rashomon.report.figure import FIGURES
from rashomon.report.paired_figure import PAIRED, PAIRED_FIGURES
from tests import example_audit
from tests.unit.report.test_paired import audit


def test_the_figure_is_registered_and_drawn():
    """One figure, in the section of its name; the same audit gives the same bytes."""
    (figure,) = PAIRED_FIGURES
    assert FIGURES["paired"] is figure
    assert figure.question == PAIRED
    assert figure.available(audit())
    assert not figure.available(example_audit.audit())
    found = audit()
    assert figure.encode(found, kind="svg") == figure.encode(found, kind="svg")


def test_it_can_be_read_without_seeing_it():
    """The text says where expanded clones are, how many receptor clusters and clones there are."""
    assert PAIRED_FIGURES[0].alt(audit()) == (
        "Dot plots by expression cluster. Clusters with cells of most expanded clones: a 8, b 8, c 8. "
        "2 receptor clusters; 12 clones of two cells or more."
    )
