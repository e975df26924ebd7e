"""The page of a benchmark: everything that was found, invalid scores first, nothing loaded, nothing executed."""

import base64
import gzip
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from rashomon.pl import visible
from rashomon.report.benchmark_page import benchmark
from rashomon.report.download import Shelf
from tests import example_benchmark

VOID = {"meta", "img", "br", "hr", "link", "input"}
LOADING = {"src", "href", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href"}
HOSTILE = ("<script>alert(1)</script>", "\"><b onmouseover='alert(1)'>", "</title><style>*{display:none}</style>",
           "{{ 7 * 7 }}", "\u202egnp.exe", "\ud800", "javascript:alert(1)", "<!-- ")  # fmt: skip


class Page(HTMLParser):
    """Tags, attributes and text of a page; its tags must close in order."""

    def __init__(self, found):
        super().__init__(convert_charrefs=True)
        self.source, self.tags, self.texts, self.open = benchmark(found), [], [], []
        self.packed, self.grid = {}, ""
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.grid = dict(attrs).get("data-name", self.grid)
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open[-1] == tag, f"</{tag}> while <{self.open[-1]}> is open"
        self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] == ["script"] and self.tags[-1][1].get("class") == "file":
            self.packed[self.grid] = data
        self.texts += [] if self.open[-1:] in (["style"], ["script"]) else [data]

    def of(self, tag):
        """Attributes of each `tag`."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self):
        """The text with single spaces."""
        return " ".join(" ".join(self.texts).split())

    @property
    def files(self):
        """The tables inside the page, by name."""
        return {f"{name}.csv": gzip.decompress(base64.b64decode(text)) for name, text in self.packed.items()}


@pytest.fixture(scope="module")
def found():
    """A benchmark with two failed runs, whose reason names a path."""
    return example_benchmark.benchmark(failed=2, reason="ValueError: cannot open /home/ada/secret/model.pt")


@pytest.fixture(scope="module")
def page(found):
    """Its page."""
    return Page(found)


@pytest.fixture
def undrawn(monkeypatch):
    """Pages whose figures are not drawn, which takes longer than all else."""
    monkeypatch.setattr("rashomon.report.benchmark_page.picture_uri", lambda draw: "data:image/svg+xml;base64,")


def test_the_page_is_whole(page):
    """Every tag closes, identifiers are unique, inner links lead somewhere."""
    assert page.source.startswith("<!DOCTYPE html>")
    assert page.open == []
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(identifiers)) == len(identifiers)
    inner = {link["href"] for link in page.of("a")}
    assert inner <= {f"#{identifier}" for identifier in identifiers}


def test_every_sentence_is_there(found, page):
    """Word for word."""
    for sentence in found.sentences():
        assert sentence in page.words


def test_invalid_scores_come_first_with_their_reason(found, page):
    """Each is named before anything that a score says, with the pipeline, the setting and by how much."""
    before, _, _ = page.words.partition("Which knob breaks which score first One")
    first = page.words.index("The study is invalid for 2 of 9 scores")
    assert first < page.words.index(found.sentences()[0])
    assert set(found.invalid["score"]) == {"modularity"}
    row = found.invalid.iloc[found.invalid["margin"].argmax()]
    said = f"{row['pipeline']} is rated better than the truth itself at effect_size=1.0, by {row['margin']:.3g}"
    assert first < page.words.index(said) < page.words.index(found.sentences()[0])
    assert "modularity on the own and reference view" in before


def test_valid_studies_have_no_warning(found, undrawn):
    """And studies without controls say that nothing can be told."""
    fine = found.tables["controls"].query("status == 'valid'")
    valid = Page(replace(found, tables={**found.tables, "controls": fine}))
    assert "The study is invalid" not in valid.words
    assert "yes, all 7" in valid.words
    open_ = Page(example_benchmark.benchmark(controls=False))
    assert "Of 9 of 9 scores nobody can tell whether they are valid" in open_.words
    assert "cannot tell of 9 of 9" in open_.words


def test_failed_runs_are_counted_listed_and_filed(found, page, undrawn):
    """At the top, by reason, one by one, and as a file; without failures the page says so."""
    assert "Runs 72, 2 failed" in page.words
    assert "2 of 72 runs failed." in page.words
    listed = pd.read_csv(io.BytesIO(page.files["failed_runs.csv"]))
    assert listed["dataset"].tolist() == [17, 17]
    assert listed["pipeline"].tolist() == found.failed["pipeline"].tolist()
    for key in found.failed["key"]:
        assert key in page.words
    without = Page(example_benchmark.benchmark())
    assert "No run failed." in without.words
    assert "failed_runs.csv" not in without.files


def test_missing_values_are_counted_with_their_reason(found, page):
    """Those of failed runs, and those of scores that were undefined."""
    n = int(found.tables["scores"]["value"].isna().sum())
    assert f"Why {n} of {len(found.tables['scores'])} values are missing" in page.words
    assert "one cluster" in page.words


def test_tables_are_files_inside_the_page(found, page):
    """Whole, in their own order, whatever of them is shown."""
    names = {"controls", "break_points", "effects", "ranking", "sweep", "failed_runs", "failures", "missing", "not_run"}
    assert set(page.files) == {f"{name}.csv" for name in names}
    for name in ("controls", "break_points", "effects", "ranking", "sweep"):
        read = pd.read_csv(io.BytesIO(page.files[f"{name}.csv"]), keep_default_na=False, na_values=[""])
        assert read.pop("simulated_world").nunique() == 1
        pd.testing.assert_frame_equal(read, pd.read_csv(io.StringIO(found.tables[name].to_csv(index=False)),
                                                        keep_default_na=False, na_values=[""]))  # fmt: skip


def test_tables_too_large_for_the_page_are_named(found, monkeypatch, undrawn):
    """The page then says where they are."""
    monkeypatch.setattr(Shelf.__init__, "__kwdefaults__", {"each": 1500, "total": 10_000})
    page = Page(found)
    assert len(pd.read_csv(io.BytesIO(page.files["effects.csv"]))) < len(found.tables["effects"])
    assert "all are in the file tables/effects.csv" in page.words


def test_the_page_loads_and_runs_nothing(page):
    """No attribute names a resource outside the page, one script runs, and the policy allows no other."""
    assert "://" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page.source)
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in LOADING & set(attributes):
            inside = ("#", "data:image/svg+xml;base64,", "data:image/png;base64,")
            assert attributes[name].startswith(inside)
    names = {tag for tag, _ in page.tags}
    assert len([attributes for attributes in page.of("script") if "type" not in attributes]) == 1
    assert not names & {"link", "iframe", "object", "embed", "form", "base", "video", "audio"}
    (policy,) = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data: blob:; style-src 'sha256-")


def test_figures_are_drawn_and_described(found, page):
    """The table of break points, and one figure per knob; each says its question and in words what it shows."""
    images = page.of("img")
    assert len(images) == 1 + 3
    assert all(re.search(r"\d", image["alt"]) for image in images)
    assert "Which knob breaks which score first? A square" in page.words
    for knob in example_benchmark.LEVELS:
        assert f"What does {knob} do to each score?" in page.words
    for image in images:
        assert image["src"].startswith("data:image/svg+xml")
        svg = base64.b64decode(image["src"].partition("base64,")[2]).decode()
        assert "<script" not in svg
        assert all(each.startswith("#") for each in re.findall(r'href="([^"]*)"', svg))


def test_paths_of_this_machine_are_left_out(page):
    """Of the text, and of the files inside the page."""
    everything = page.source + "".join(text.decode() for text in page.files.values())
    assert "/home/ada" not in everything
    assert "…/model.pt" in everything


@pytest.mark.parametrize("first", range(2))
def test_names_stay_text(first, undrawn):
    """Titles, reasons, pipelines and versions of others are text, wherever they stand, and legible as such."""
    payloads = HOSTILE[first::2]
    found = example_benchmark.benchmark(failed=1, reason=payloads[0], title=payloads[1])
    names = dict(zip(example_benchmark.PIPELINES, payloads, strict=True))
    tables = {key: table.replace(names) for key, table in found.tables.items()}
    page = Page(replace(found, tables=tables, environment=dict.fromkeys(payloads, payloads[2])))
    assert not {tag for tag, _ in page.tags} & {"b", "iframe"}
    assert page.source.count("<script>") == 1
    assert page.source.count("<style>") == 1
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    for payload in payloads:
        assert visible(payload) in "".join(page.texts)


def test_scores_that_only_describe_break_nothing(found):
    """A benchmark without a score that ranks has no figures, and says so."""
    tables = {**found.tables, "break_points": found.tables["break_points"].iloc[:0]}
    page = Page(replace(found, tables=tables))
    assert page.of("img") == []
    assert "No score ranks pipelines here" in page.words


def test_what_cannot_be_told_is_no_praise(undrawn):
    """Where nothing breaks but some squares are open, the first lines say how many."""
    page = Page(example_benchmark.benchmark(failed=2, levels={"ambient": [0.1]}))
    said = "none seen; 1 broken before anything is turned; 4 of 5 cannot be told"
    assert f"First to break a score {said}" in page.words


def test_invalid_scores_are_no_headline(found, page, undrawn):
    """What they say of a knob is not counted among what breaks first, and how many are left out is said."""
    assert "First to break a score depth (2 of 2 scores); 1 invalid left out" in page.words
    controls = found.tables["controls"].assign(status="invalid", side="positive", margin=1.0)
    assert (
        "First to break a score none; 5 invalid left out"
        in Page(replace(found, tables={**found.tables, "controls": controls})).words
    )


def test_the_data_set_of_a_failed_run_is_read_not_counted(found, undrawn):
    """Whatever the order of the runs."""
    shuffled = found.tables["runs"].iloc[::-1].reset_index(drop=True)
    page = Page(replace(found, tables={**found.tables, "runs": shuffled}))
    assert pd.read_csv(io.BytesIO(page.files["failed_runs.csv"]))["dataset"].tolist() == [17, 17]


def test_the_page_says_how_to_verify(page):
    """The commands, and what a missing signature means; what verify cannot do with a benchmark is not promised."""
    assert "rashomon verify DIR rashomon verify DIR --key KEY.pub rashomon run DIR/study.yaml -o AGAIN" in page.words
    assert "--rerun" not in page.words
    assert "Without a signature" in page.words


def test_the_same_study_is_the_same_page(found, undrawn):
    """Byte for byte; how long it took is no part of it."""
    assert benchmark(replace(found, seconds=99.0)) == benchmark(found)
