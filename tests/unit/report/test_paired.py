"""The section on cells with expression and receptors: sentences, a figure, tables; absent for other data."""

from dataclasses import replace

import numpy as np
import pandas as pd

from rashomon.report import write
from rashomon.report.paired import paired_page
from rashomon.study.paired_table import paired_tables
from tests import example_audit
from tests.unit.study.test_paired_table import made


def audit(hostile=""):
    """An audit with a paired part."""
    clone = np.repeat(np.arange(12), 2)
    paired = replace(
        made(np.arange(24) % 3, clone, np.arange(12) // 6, np.arange(12) % 2), names=("a", "b", f"c{hostile}")
    )
    steps = [("with expression", 30, ""), ("with receptors", 40, ""), ("with both", 26, "")]
    steps += [("left out", 2, f"no junction{hostile}"), ("used", 24, "")]
    counts = pd.DataFrame(steps, columns=["step", "n_cells", "reason"])
    tables = paired_tables(paired, rule="nt+V+J, beta", clustered="", rng=np.random.default_rng(0))
    base = example_audit.audit()
    return replace(base, tables={**base.tables, "paired_counts": counts, **tables})


def test_the_section_has_what_was_found():
    """The sentences of the audit, one figure, five tables; cells are only in the files."""
    page = paired_page(audit())
    assert page.sentences == tuple(audit().sentences()[-4:])
    assert [picture.name for picture in page.pictures] == ["paired"]
    names = ["paired_counts", "paired", "paired_clusters", "paired_states", "paired_clones"]
    assert [table.name for table in page.tables] == names


def test_other_audits_have_no_section():
    """Neither in the page nor in its contents."""
    assert paired_page(example_audit.audit()) is None


def test_counts_alone_are_a_section():
    """Where nothing was compared the counts are shown, without a figure."""
    base = audit()
    counts = base.tables["paired_counts"].replace({"used": "left out"})
    bare = {name: table for name, table in base.tables.items() if not name.startswith("paired")}
    counts.loc[len(counts)] = ["used", 0, "no junction"]
    page = paired_page(replace(base, tables={**bare, "paired_counts": counts}))
    assert len(page.sentences) == 1
    assert page.pictures == ()
    assert [table.name for table in page.tables] == ["paired_counts"]


def test_the_page_is_whole_and_escaped(tmp_path):
    """What comes from the data is text, wherever it stands: no mark-up, no template, no name of a cell."""
    text = write(audit("<b>x</b> {{ 7 * 7 }}"), tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="paired"' in text
    assert 'href="#paired"' in text
    assert "<b>x" not in text
    assert "&lt;b&gt;x&lt;/b&gt; {{ 7 * 7 }}" in text
    assert "cell3" not in text
