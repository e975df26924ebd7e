import json

import numpy as np
import pandas as pd

from rashomon.dataset import Truth
from rashomon.report import write_relations
from rashomon.truth import relations

EVIL = "<script>alert(1)</script>"


def truth(name, codes, categories=("x", "y"), **more):
    return Truth(name, "annotation", np.asarray(codes), categories, **more)


def write(tmp_path, named):
    page = write_relations(named, relations(named), tmp_path / "out", source="a.h5ad", call={"truths": list(named)})
    return page.read_text(encoding="utf-8")


def test_the_page_holds_the_words_the_plot_and_the_tables(tmp_path):
    """One file that loads nothing; the tables also as files, whole."""
    named = {"a": truth("a", np.tile([0, 1], 60), derived_from="expression"), "b": truth("b", np.repeat([0, 1], 60))}
    text = write(tmp_path, named)
    assert "a and b are independent" in text or "How a and b relate cannot be told" in text
    assert 'src="data:image/svg+xml;base64,' in text
    assert "made from the expression matrix" in text
    assert "nobody said what it was made from" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert (tmp_path / "out" / "alluvial.png").read_bytes().startswith(b"\x89PNG")
    assert pd.read_csv(tmp_path / "out" / "tables" / "relations.csv")["n_common"].tolist() == [120]
    assert json.loads((tmp_path / "out" / "spec.json").read_text(encoding="utf-8"))["source"] == "a.h5ad"


def test_names_of_the_data_are_escaped(tmp_path):
    """Nothing in a label acts."""
    named = {
        EVIL: truth(EVIL, np.tile([0, 1], 30), (EVIL, "y")),
        "b": truth("b", np.repeat([0, 1], 30), parents=(EVIL,)),
    }
    text = write(tmp_path, named)
    assert EVIL not in text
    assert "&lt;script&gt;" in text


def test_columns_without_common_items_have_no_plot(tmp_path):
    """And the page says that nothing can be told."""
    text = write(tmp_path, {"a": truth("a", [0, 1, -2, -2]), "b": truth("b", [-2, -2, 0, 1])})
    assert "no item carries a class in both" in text
    assert "<img" not in text
    assert not (tmp_path / "out" / "alluvial.png").exists()
