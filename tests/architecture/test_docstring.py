"""Public docstrings are complete: parameters, returns, errors. Ruff checks their form, this file their content.

What counts as public: every name in the `__all__` of a room or face, with the public methods of its classes.
"""

import ast
import dataclasses
import importlib
import inspect
import itertools
import re

import pytest

from tests.architecture.source import SRC

ROOMS = sorted(
    f"rashomon.{path.stem}"
    for path in SRC.iterdir()
    if (path / "__init__.py").is_file() or (path.suffix == ".py" and path.stem not in {"__init__", "cli"})
)
# rooms of functions on text, numbers, arrays and tables; elsewhere a call needs a file, a plan or a study
PLAIN = {"core", "dataset", "score"}
# return types that say all there is to say about the value
TELLING = re.compile(r"^(None|bool|int|float|str|Path|[A-Z]\w*(\[\w+\])?)( \| None)?$")
OPAQUE = {"Any", "DataFrame", "Series", "Array", "NDArray", "Axes", "AnnData", "Mapping", "Sequence"}


def subjects():
    """Every public function and method, with the name it is reached by."""
    for room in ROOMS:
        module = importlib.import_module(room)
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield f"{room}.{name}", thing
            elif inspect.isclass(thing) and thing.__module__.startswith("rashomon."):
                yield f"{room}.{name}", thing
                for attribute, member in vars(thing).items():
                    function = getattr(member, "__func__", member)
                    own = getattr(function, "__qualname__", "") == f"{thing.__qualname__}.{attribute}"
                    if own and not attribute.startswith("_") and inspect.isfunction(function):
                        yield f"{room}.{name}.{attribute}", function


@pytest.fixture(scope="module")
def public():
    return list(subjects())


@pytest.fixture(scope="module")
def functions(public):
    return [(name, thing) for name, thing in public if inspect.isfunction(thing)]


def sections(thing):
    """The docstring by section: title -> text; what stands before the first title is under ""."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    found, title = {"": []}, ""
    for line, below in itertools.pairwise([*lines, ""]):
        if below and set(below) == {"-"} and len(below) == len(line):
            title = line
            found[title] = []
        elif set(line) != {"-"}:
            found[title].append(line)
    return {title: "\n".join(text) for title, text in found.items()}


def summary(text):
    """The first paragraph."""
    return text[""].strip().partition("\n\n")[0]


def entries(text):
    """The names described in a section: lines that do not begin with a space."""
    lines = [line for line in text.splitlines() if line and not line[0].isspace()]
    return {name.strip(" *`") for line in lines for name in line.split(":")[0].split(",")}


def parameters(thing):
    """Names of the parameters a caller gives."""
    return [name for name in inspect.signature(thing).parameters if name not in {"self", "cls"}]


def raised(thing):
    """Names of the exceptions that the function raises itself."""
    body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(inspect.unwrap(thing))))
    calls = [node.exc.func for node in ast.walk(body) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name) and call.id[0].isupper()}


def test_rooms_list_what_is_public(functions):
    """Every room and face has an `__all__`; the laws below speak about what stands there."""
    assert [room for room in ROOMS if not hasattr(importlib.import_module(room), "__all__")] == []
    assert "rashomon.partitions.Partitions.align" in dict(functions)


def test_everything_public_has_a_docstring(public):
    """Every public function, class and method says what it is, in a sentence that ends with a full stop."""
    assert [name for name, thing in public if not (thing.__doc__ or "").strip()] == []


def test_every_parameter_of_a_function_is_described(functions):
    """A parameter has an entry under Parameters, or its name stands in backticks in the text."""
    absent = []
    for name, thing in functions:
        if name.count(".") > 2:
            continue  # a method such as put(key, record) is read with its class
        text = sections(thing)
        described = entries(text.get("Parameters", "")) | set(re.findall(r"`(\w+)`", inspect.getdoc(thing) or ""))
        absent += [f"{name}({parameter})" for parameter in parameters(thing) if parameter not in described]
    assert absent == []


def test_every_field_of_a_record_is_described(public):
    """A dataclass of more than three fields describes each of them, under Parameters or in backticks."""
    absent = []
    for name, thing in public:
        if dataclasses.is_dataclass(thing):
            text = inspect.getdoc(thing) or ""
            described = entries(sections(thing).get("Parameters", "")) | set(re.findall(r"`(\w+)`", text))
            fields = [field.name for field in dataclasses.fields(thing) if field.init]
            absent += [f"{name}({field})" for field in fields if field not in described and len(fields) > 3]
    assert absent == []


def test_no_parameter_is_described_that_does_not_exist(functions):
    """An entry under Parameters names a parameter, so that none outlives a change of the signature."""
    extra = [
        f"{name}({entry})"
        for name, thing in functions
        for entry in entries(sections(thing).get("Parameters", "")) - set(parameters(thing))
    ]
    assert extra == []


def test_values_that_need_words_have_them(functions):
    """Who returns arrays, tables, tuples or mappings has a Returns section, or a first sentence that says so."""
    silent = []
    for name, thing in functions:
        kind = str(inspect.signature(thing).return_annotation)
        told = TELLING.match(kind) and not any(word in kind for word in OPAQUE)
        text = sections(thing)
        said = {"Returns", "Yields"} & set(text) or re.search(
            r"\b(return|yield|load|read|whether|iterate)", summary(text).lower()
        )
        if not told and not said:
            silent.append(f"{name} -> {kind}")
    assert silent == []


def test_errors_are_named(functions):
    """An exception that a function raises itself is named under Raises."""
    silent = []
    for name, thing in functions:
        named = entries(sections(thing).get("Raises", ""))
        silent += [f"{name} raises {error}" for error in sorted(raised(thing) - named)]
    assert silent == []


def test_examples_show_how_values_are_made_and_used(functions):
    """In rooms that work on plain values, every public function has an example that runs."""
    plain = [(name, thing) for name, thing in functions if name.count(".") == 2 and name.split(".")[1] in PLAIN]
    assert [name for name, thing in plain if ">>>" not in (inspect.getdoc(thing) or "")] == []
