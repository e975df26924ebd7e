import base64
import hashlib
import re
import stat
from html.parser import HTMLParser

import pytest

from rashomon import report
from rashomon.ask import QUESTIONS
from rashomon.ask.stability.verdict import VERDICTS
from rashomon.core import StoreError, UsageError
from rashomon.report import FIGURES
from tests import example_audit

LOADING = {"src", "href", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href"}

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><b onmouseover='alert(1)'>",
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "</td></tr></table><h1>",
    "</title><style>*{display:none}</style>",
    "<!-- ", "-->", "--!>", "]]>", "<![CDATA[",
    "&lt;i&gt;&#60;script&#62;",
    "{{ 7 * 7 }}{% for x in y %}",
    "<iframe srcdoc='<script>1</script>'>",
    "<meta http-equiv=refresh content=0>",
    "\u202egnp.exe\u2066",
    "\x00\x1b[31m\r\n\t",
    "\ud800",
    "$\\frac{1}$ _hidden",
    "=HYPERLINK(1)",
    "<" * 3 + "a" * 300,
    "</style><script>alert(1)</script>",
    "`${alert(1)}`",
    "{% include 'page.css' %}{{ self }}",
    "nan",
    "None",
    "-2+3+cmd|' /C calc'!A1",
    "data:text/html,<script>alert(1)</script>",
)  # fmt: skip


class Page(HTMLParser):
    """Tags, attributes and text of a page, and whether its tags close in order."""

    VOID = frozenset({"meta", "img", "br", "hr", "link", "input"})

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source, self.tags, self.text, self.comments, self.open = text, [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> while <{self.open[-1]}> is open"
        self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    def of(self, tag):
        """Attributes of each `tag`."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self):
        """The text with single spaces."""
        return " ".join(" ".join(self.text).split())


def write_page(folder, **arguments):
    path = report.write(example_audit.audit(**arguments), folder / "report.html")
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plain_audit():
    return example_audit.audit()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """An ordinary page."""
    return write_page(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def labels_page(tmp_path_factory):
    """The page of labels without a matrix."""
    return write_page(tmp_path_factory.mktemp("labels"), labels_only=True)


@pytest.fixture(scope="module")
def failed_page(tmp_path_factory):
    """A page of a study with failed runs and many clusters."""
    return write_page(tmp_path_factory.mktemp("failed"), n_clusters=100, failed=7)


@pytest.fixture(scope="module")
def simulated_page(tmp_path_factory):
    """The page of simulated data."""
    return write_page(tmp_path_factory.mktemp("simulated"), simulated=True)


def test_page_is_whole(plain, labels_page, failed_page, simulated_page):
    """Every tag closes in order, every identifier is unique, every inner link leads somewhere."""
    for page in (plain, labels_page, failed_page, simulated_page):
        assert page.source.startswith("<!DOCTYPE html>")
        assert page.open == []
        identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(set(identifiers)) == len(identifiers)
        assert {link["href"] for link in page.of("a")} <= {f"#{identifier}" for identifier in identifiers}


def test_page_loads_nothing(plain):
    """No attribute names a resource outside the page, and the policy allows none."""
    # the name of a kind of element is no address that is asked
    source = plain.source.replace("http://www.w3.org/2000/svg", "")
    assert "://" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", source)
    for _, attributes in plain.tags:
        for name in LOADING & set(attributes):
            assert attributes[name].startswith(("#", "data:image/svg+xml;base64,", "data:image/png;base64,"))
    names = {tag for tag, _ in plain.tags}
    assert not names & {"link", "iframe", "object", "embed", "form", "base", "video", "audio"}
    (policy,) = [meta["content"] for meta in plain.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src data: blob:; style-src 'sha256-")
    assert policy.endswith("; base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy


def test_only_scripts_of_the_package_run(plain, labels_page):
    """Every element that runs is allowed by its hash; all others are data that no browser runs."""
    for page, n in ((plain, 2), (labels_page, 1)):
        (policy,) = [
            meta["content"] for meta in page.of("meta") if "content" in meta and "script-src" in meta["content"]
        ]
        running = re.findall(r"<script>(.*?)</script>", page.source, flags=re.DOTALL)
        assert len(running) == n
        hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in running]
        assert re.findall(r"script-src ([^;]*);", policy) == [" ".join(f"'sha256-{each}'" for each in hashes)]
        kinds = {attributes.get("type") for attributes in page.of("script")}
        assert kinds == {None, "application/octet-stream"}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_a_script_that_would_end_its_element_is_refused():
    """What follows it would be read as part of the page."""
    beside = report.page.Beside(("x = '</SCRIPT>'",))
    with pytest.raises(UsageError, match="would end its own element"):
        report.page.render("page.html", {}, beside=beside)


def test_style_is_the_one_the_policy_allows(plain):
    """The hash in the policy is that of the style sheet, which is all the styling there is."""
    (style,) = re.findall(r"<style>(.*?)</style>", plain.source, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in plain.source
    assert not [tag for tag, attributes in plain.tags if "style" in attributes]


def test_every_figure_is_there_and_described(simulated_page):
    """Each figure that can be drawn stands in the page once, with text that says numbers, and a caption."""
    audit = example_audit.audit(simulated=True)
    there = [figure.name for figure in FIGURES.values() if figure.available(audit)]
    pictures = [attributes["data-name"] for attributes in simulated_page.of("figure") if "data-name" in attributes]
    assert len(there) > 5
    assert sorted(pictures) == sorted(there)
    images = simulated_page.of("img")
    # and the still picture of the map
    assert len(images) == len(simulated_page.of("figcaption")) == len(there) + 1
    assert all(len(image["alt"]) > 40 and re.search(r"\d", image["alt"]) for image in images)
    for image in images:
        assert base64.b64decode(image["src"].partition("base64,")[2]).startswith((b"<?xml", b"\x89PNG"))


def test_figures_of_the_page_forbid_no_reader(plain):
    """A figure loads nothing either: it holds no reference but to itself."""
    for image in (each for each in plain.of("img") if "svg" in each["src"][:30]):
        svg = base64.b64decode(image["src"].partition("base64,")[2]).decode()
        references = re.findall(r'(?:xlink:)?href="([^"]*)"', svg)
        assert all(reference.startswith(("#", "data:image/png;base64,")) for reference in references)
        assert "<script" not in svg


def test_first_screen_says_verdicts_before_anything_else(plain):
    """The verdict of every question and of every cluster stands before the first section of a question."""
    first, _, _ = plain.source.partition('<section id="stability">')
    for answer in example_audit.answers(example_audit.clusters()).values():
        assert answer.verdict in first
    assert first.count('<li class="card ') == len(example_audit.NAMES)
    assert first.index('id="clusters"') < first.index('id="map"') < first.index('id="answers"')
    assert first.index("3 of 8 clusters come back") > first.index('id="answers"')
    for words in ("into 2 parts", "CD14 monocyte", "1,100", "Pearson residuals (91 %)", "keep it; check next"):
        assert words in first


def test_questions_that_were_not_asked_are_named(plain):
    """All seven stand there, in users' words; of four the page says that nobody asked."""
    assert plain.source.count('class="answer unasked"') == len(QUESTIONS) - 3
    for question in QUESTIONS.values():
        assert f"{question.number}. {question.summary}" in plain.words


def test_the_page_says_how_to_verify(plain):
    """The command, what it proves, what it cannot prove without a signature, and the digest."""
    for said in ("rashomon verify DIR", "compares every file", "Without a signature", "digest not recorded"):
        assert said in plain.words


def test_a_verdict_is_a_word_and_a_sign(plain):
    """No verdict is told by colour alone: each row has the word, and a sign that is hidden from screen readers."""
    rows = re.findall(r'<td class="verdictcell">(.*?)</td>', plain.source)
    assert len(rows) == len(example_audit.NAMES)
    for row in rows:
        assert re.match(
            r'<span class="sign \w+" aria-hidden="true">\S</span> <span class="word \w+">[a-z ]+</span>', row
        )


def test_page_says_what_it_does_not_know(plain):
    """Nothing was held against a null: the page says so on the first screen and where words are explained."""
    assert "“Comes back” does not mean “real”" in plain.words
    assert "No verdict was held against a null" in plain.words
    assert "not more than chance" not in plain.words
    assert not re.search(r"\bsignificant|\bholds up|\bsolid\b", plain.words)


def test_every_question_has_its_section(plain):
    """The sections stand in the order of the questions, each with verdict, text, next step and assumptions."""
    headings = re.findall(r"<h2>(Question \d): (.*?)</h2>", plain.source)
    assert [text for _, text in headings] == [QUESTIONS[name].summary for name in example_audit.audit().answers]
    for answer in example_audit.answers(example_audit.clusters()).values():
        assert answer.text in plain.words
        assert answer.next_step in plain.words
        assert all(f"{one.status}: {one.statement}" in plain.words for one in answer.assumptions)


def test_words_and_lines_are_explained(plain):
    """Every verdict is defined, and the thresholds are called conventions."""
    assert all(f"{name} {meaning}" in plain.words for name, meaning in VERDICTS.items())
    assert "The lines are conventions" in plain.words


def test_labels_only_says_what_it_needs(labels_page):
    """Without a matrix two questions say what they need, the third is answered, and clusters are still named."""
    assert labels_page.words.count("The labels alone cannot be re-made") == 5
    assert "the clusters follow cell_type" in labels_page.words
    assert "0 (100 % CD4 T)" in labels_page.words
    drawn = [attributes["data-name"] for attributes in labels_page.of("figure")]
    assert drawn == ["truths", "alluvial"]
    assert "Use it in scanpy" not in labels_page.words


def test_failed_runs_are_told_first_and_explained(failed_page):
    """The number of failed runs stands on the first screen, the reasons with their counts further down."""
    first, _, rest = failed_page.source.partition('<section id="stability">')
    assert "7 runs failed" in first
    assert re.search(r"MemoryError in …/run\.npy</td><td class=\"number\">7</td>", rest)
    drawn = [image["alt"] for image in failed_page.of("img") if image["alt"].startswith("Bars: 7 of ")]
    assert len(drawn) == 1


def test_every_figure_has_a_place_on_the_page():
    """No group of figures is registered that no section draws."""
    assert {figure.question for figure in FIGURES.values()} <= {*QUESTIONS, "run", "world", "receptors", "paired"}


def test_a_hundred_clusters_fit(failed_page):
    """A hundred clusters are a hundred cards, thirty of them seen at once, and rows, in a file of a few megabytes."""
    assert failed_page.source.count('class="verdictcell"') == failed_page.source.count('<li class="card ') == 100
    assert "<summary>70 more clusters</summary>" in failed_page.source
    assert len(failed_page.source) < 10_000_000


def test_no_name_of_a_cell_and_no_path(plain, failed_page, labels_page):
    """A report can be sent to others: neither names of cells nor folders of this machine are in it."""
    for page in (plain, failed_page, labels_page):
        assert "SECRET-CELL" not in page.source
        assert "/home/" not in page.source
        assert "…/in.h5ad" in page.source


def test_injection_stays_text(plain, tmp_path):
    """Hostile text in every field that a user controls makes no tag, no attribute and no comment, and is shown."""
    hostile = write_page(tmp_path, hostile=" ".join(HOSTILE))
    expected = {(tag, *sorted(attributes)) for tag, attributes in plain.tags}
    assert {(tag, *sorted(attributes)) for tag, attributes in hostile.tags} == expected
    assert len(hostile.tags) == len(plain.tags)
    assert hostile.comments == plain.comments == []
    assert hostile.open == []
    for payload in HOSTILE:
        shown = report.page.finalize(payload)
        assert hostile.words.count(" ".join(shown.split())) > 20, payload


@pytest.mark.slow
@pytest.mark.parametrize("payload", HOSTILE)
def test_each_payload_alone_stays_text(plain, tmp_path, payload):
    """No payload needs another to be harmless."""
    hostile = write_page(tmp_path, hostile=payload, labels_only=True)
    assert {attributes.get("type") for attributes in hostile.of("script")} == {None, "application/octet-stream"}
    assert len([each for each in hostile.of("script") if "type" not in each]) == 1
    assert not [name for _, attributes in hostile.tags for name in attributes if name.startswith("on")]
    assert hostile.open == []
    assert not set("\u202e\u2066\x00\x1b\r") & set(hostile.source)


def test_simulated_data_are_called_so_before_anything_else(simulated_page):
    """The banner with name and digest is the first thing in the page, and leads to the record of the world."""
    header = simulated_page.source.partition("<header>")[2].partition("</header>")[0]
    banner, _, heading = header.partition("<h1>")
    assert "Simulated, not measured: world two types (digest 0123456789ab)" in banner
    assert 'href="#world"' in banner
    assert "pbmc3k.h5ad" in heading
    assert "The data were simulated, not measured: world two types (sha256 0123456789abcdef" in simulated_page.words


def test_the_world_is_shown_with_its_knobs(simulated_page):
    """Seed, versions, every knob and every variable; numbers as they are typed, and no path of this machine."""
    section = simulated_page.source.partition('<section id="world">')[2].partition("</section>")[0]
    words = " ".join(re.sub("<[^>]+>", " ", section).split())
    for said in ("seed 987654", "numpy 2.0.0", "n_groups 2 groups: Types of cells.", "what depth"):
        assert said in words
    assert f"<code>{'0123456789abcdef' * 4}</code>" in section
    assert "…/w.json" in words
    assert "/home/" not in simulated_page.source
    (graph,) = re.findall(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]+)"', section)
    assert graph.startswith("Causal graph of 4 variables and 4 arrows")


def test_the_ceiling_stands_in_the_section_of_the_truths(simulated_page):
    """In words and as a table: the score, what any method could reach, and the share between chance and there."""
    section = simulated_page.source.partition('<section id="truths">')[2].partition("</section>")[0]
    words = " ".join(re.sub("<[^>]+>", " ", section).split())
    assert (
        "cell_type, AMI: these clusters 0.78, the best run that was scored 0.78; the best that "
        "any method could reach here: at most 0.93 (assisted oracle); from chance (0) to there (1), these clusters are "
        "at 0.84."
    ) in words
    assert "gate, ARI: these clusters have no value; the best that any method could reach here" in words
    assert "Table: ceilings" in words


def test_measured_data_have_no_word_of_it(plain, labels_page, failed_page):
    """Neither a banner, nor a section, nor a ceiling."""
    for page in (plain, labels_page, failed_page):
        assert not re.search("simulated, not measured|any method could reach|ceilings", page.words, flags=re.IGNORECASE)
        assert not [attributes for _, attributes in page.tags if attributes.get("id") == "world"]
        assert not [attributes for _, attributes in page.tags if attributes.get("class") == "simulated"]


def test_a_hostile_world_stays_text(simulated_page, tmp_path):
    """Hostile text in name, seed, knobs, variables, versions and oracle makes no tag and no attribute, and is shown."""
    hostile = write_page(tmp_path, hostile=" ".join(HOSTILE), simulated=True)
    expected = {(tag, *sorted(attributes)) for tag, attributes in simulated_page.tags}
    # what could not be read is said in a paragraph of its own
    assert {(tag, *sorted(attributes)) for tag, attributes in hostile.tags} == expected
    assert hostile.comments == []
    assert hostile.open == []
    section = hostile.source.partition('<section id="world">')[2].partition("</section>")[0]
    assert "<script>" not in section
    # the longest texts are cut: what remains of each payload is escaped
    assert section.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 15
    header = hostile.source.partition("<header>")[2].partition("</header>")[0]
    assert "world two types&lt;script&gt;alert(1)" in header


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", "\"><b onmouseover='alert(1)'>", "\ud800"])
def test_a_payload_in_a_world_alone_stays_text(tmp_path, payload):
    """No payload needs another to be harmless, also where every text of a world holds it."""
    hostile = write_page(tmp_path, hostile=payload, labels_only=True, simulated=True)
    assert {attributes.get("type") for attributes in hostile.of("script")} == {None, "application/octet-stream"}
    assert len([each for each in hostile.of("script") if "type" not in each]) == 1
    assert not [name for _, attributes in hostile.tags for name in attributes if name.startswith("on")]
    assert hostile.open == []
    assert not set("\u202e\u2066\x00\x1b\r") & set(hostile.source)


def test_same_audit_is_the_same_file(plain, tmp_path):
    """Nothing in a report is random or dated."""
    assert write_page(tmp_path).source == plain.source


def test_page_replaces_the_old_one_whole(plain_audit, tmp_path):
    """Where the page cannot be written, the error says so and nothing is left half done."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write report\.html"):
        report.write(plain_audit, tmp_path / "file" / "report.html")
    path = report.write(plain_audit, str(tmp_path / "report.html"))
    assert stat.S_ISREG(path.stat().st_mode)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "report.html"]
