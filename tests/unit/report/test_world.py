import json
from dataclasses import replace

import pytest

from rashomon.dataset import WorldFacts
from rashomon.report.world import world_banner, world_page
from tests import example_audit


def page(**changed):
    audit = example_audit.audit(labels_only=True, simulated=True)
    return world_page(replace(audit, dataset=replace(audit.dataset, world=replace(example_audit.world(), **changed))))


def test_everything_known_of_a_world_is_shown():
    """Name, digest, seed, oracle, versions, the graph as a picture and as a table."""
    found = page()
    assert (found.name, found.seed, found.oracle) == ("two types", "987654", "assisted oracle")
    assert found.digest == "0123456789abcdef" * 4
    assert found.versions == (("numpy", "2.0.0"),)
    assert [picture.name for picture in found.pictures] == ["causal_graph"]
    assert found.variables.rows[3] == ("counts", "entry", "no", "type, batch, depth", "what counts is")
    assert found.unread == ()


def test_knobs_are_listed_as_they_are_typed():
    """Groups by name, numbers without thousands separators, lists and flags as JSON, empty ones as a dash."""
    call = {
        "knobs": {"n_genes": 20000, "depth": 1500.5, "on": True, "no": None},
        "do": {},
        "levels": [1.0, 2.0],
        "x": [],
    }
    assert page(call=call).knobs == (
        ("n_genes", "20000", "genes: Genes that may carry signal."),
        ("depth", "1500.5", "molecules: Molecules of a typical cell (geometric mean)."),
        ("on", "true", ""),
        ("no", "–", ""),
        ("do", "{}", ""),
        ("levels", "[1.0, 2.0]", ""),
        ("x", "–", ""),
    )


def test_long_values_are_cut_and_counted():
    """A table that was set by hand does not fill the page."""
    table = [[0.5] * 1000] * 8
    ((name, text, _),) = page(call={"do": {"type_profile": table}}).knobs
    assert name == "do: type_profile"
    assert text.endswith(f"… ({len(json.dumps(table)):,} characters)")
    assert len(text) < 340


def test_an_empty_record_is_a_page_without_parts():
    """Nothing is invented."""
    audit = example_audit.audit(labels_only=True, simulated=True)
    found = world_page(replace(audit, dataset=replace(audit.dataset, world=WorldFacts("w"))))
    assert (found.knobs, found.versions, found.pictures, found.variables) == ((), (), (), None)


def test_measured_data_have_neither_banner_nor_page():
    """Absent, not empty."""
    assert world_page(example_audit.audit(labels_only=True)) is None
    assert world_banner(None) == ""


@pytest.mark.parametrize("name", ["/home/ada/secret/w.json", "see /srv/data/w"])
def test_no_path_of_this_machine_is_shown(name):
    """In the banner and on the page."""
    facts = WorldFacts(name)
    assert "/home/ada" not in world_banner(facts)
    assert "/srv" not in world_banner(facts)
    assert "…/w" in page(name=name).name
