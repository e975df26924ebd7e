"""The pages of the documentation say what is there: commands, parts, measured numbers, names."""

import ast
import re
import shlex
import sys
from importlib import import_module

import pytest
import typer

from tests.architecture.source import ROOT

pytest.importorskip("sphinx")
sys.path.append(str(ROOT / "docs" / "_ext"))
PARTS = import_module("rashomon_docs.directive").PARTS
QUOTED = import_module("rashomon_docs.result").quoted

PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "generated" not in path.parts)
TEXT = {str(path.relative_to(ROOT / "docs")): path.read_text(encoding="utf-8") for path in PAGES}
every_page = pytest.mark.parametrize("page", TEXT)

COMMAND = re.compile(r"^\$ rashomon (.+?)(?:\s+#.*)?$", re.MULTILINE)
FENCE = re.compile(r"^```(?:\{code-cell\} ipython3|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WANTED = sorted(
    {words for text in TEXT.values() for words in re.findall(r"^ *```\{from-registry\} (.+)$", text, re.MULTILINE)}
)
NUMBERS = sorted({words for text in TEXT.values() for words in re.findall(r"\{measured\}`([^`]+)`", text)})
QUESTIONS = sorted(path.stem for path in (ROOT / "docs" / "questions").glob("*.md") if path.stem != "index")


@pytest.fixture(scope="module")
def commands():
    """The commands by name."""
    from rashomon.cli import app

    return typer.main.get_command(app).commands


@every_page
def test_commands_exist(page, commands):
    """Every command in a terminal block exists, with the options that are shown."""
    for line in COMMAND.findall(TEXT[page]):
        name, *words = shlex.split(line)
        assert name in commands, line
        known = {text for each in commands[name].params for text in (*each.opts, *each.secondary_opts)}
        assert [word for word in words if word.startswith("-") and word not in known] == [], line


@every_page
def test_code_is_python(page):
    """Every block of code can be read by Python."""
    for block in FENCE.findall(TEXT[page]):
        assert ast.parse(block).body


@every_page
def test_names_of_the_package_exist(page):
    """Whatever is called ``rs.<room>.<name>`` in code is there."""
    import rashomon

    for block in FENCE.findall(TEXT[page]):
        for room, name in re.findall(r"\brs\.(tl|pl|io|sim|score|truth|datasets|report|pp)\.(\w+)", block):
            assert hasattr(getattr(rashomon, room), name), f"rs.{room}.{name}"


@pytest.mark.parametrize("words", WANTED)
def test_parts_from_registries_have_rows(words):
    """What a page takes from a registry exists and is not empty."""
    name, *rest = words.split()
    assert len(PARTS[name](*rest).strip().splitlines()) >= 1


@pytest.mark.parametrize("words", NUMBERS)
def test_quoted_numbers_were_measured(words):
    """Every number that a page quotes stands in a file of results."""
    assert re.fullmatch(r"[\d,.]+(?:e[+-]?\d+)?(?: %| of [\d,]+)?", QUOTED(words))


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_measured_number_is_typed(question):
    """What stands below "Measured error" comes from registries and results; only a nominal level is typed by hand."""
    said = TEXT[f"questions/{question}.md"].partition("## Measured error\n")[2].partition("\n## ")[0]
    said = re.sub(r"```\{from-registry\}.*?```|\{measured\}`[^`]+`|nominal 95 %", "", said, flags=re.DOTALL)
    assert re.findall(r"\d", said) == []


def test_every_question_has_a_page():
    """The seven questions of the registry have a page each, and there is no other."""
    from rashomon.ask import QUESTIONS as REGISTERED

    assert sorted(REGISTERED) == QUESTIONS


def test_text_is_shown_as_it_is():
    """What Markdown would read is escaped; what stands in backquotes becomes code."""
    plain = import_module("rashomon_docs.text").plain
    assert plain("HLA A*02:01 | `a_b` <x>") == r"HLA A\*02:01 \| `a_b` \<x\>"


def test_prose_in_returns_is_no_type():
    """A section of returns in prose is renamed, one of named values is left to the parser."""
    prose_returns = import_module("rashomon_docs.docstring").prose_returns
    assert prose_returns(["Returns", "-------", "One row."])[0] == "Gives"
    named = ["Returns", "-------", "found", "    What was found."]
    assert prose_returns(named) == named


def test_constants_are_explained_where_they_are_made():
    """The text below a constant is found from wherever it was imported to."""
    from rashomon.truth import RELATIONS

    said = import_module("rashomon_docs.docstring").constant_text(RELATIONS, "RELATIONS")
    assert "dict(" not in said
    assert said
