import json
import re

from rashomon.multiverse import BUDGETS
from rashomon.sim import KNOBS, WORLDS
from rashomon.study.spec import AuditSpec, BenchmarkSpec, spec_schema

AUDIT = {
    "rashomon": 1,
    "data": {"file": "a.h5ad", "within": {"type": ["T", 3]}},
    "labels": "leiden",
    "truths": ["cell_type"],
    "multiverse": {"n_pcs": [30, 50], "metric": "cosine"},
    "clusterers": ["ward", "mine:cut"],
    "questions": "all",
    "engine": {"name": "processes", "memory": "8 GiB"},
}
WORLD = {
    "rashomon": 1,
    "data": {"worlds": {"world": "ideal", "levels": {"effect_size": [1, 2]}, "sweep": "factorial"}},
    "scores": ["ari", "retention"],
}


def holds(schema, value, root):
    """Whether a value obeys a schema: the part of the standard that ours uses, and nothing else is passed over."""
    known = {
        "$ref", "anyOf", "const", "enum", "type", "properties", "required", "additionalProperties", "propertyNames",
        "items", "minItems", "minProperties", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
        "maxLength", "pattern", "description", "title", "default", "$schema", "$defs",
    }  # fmt: skip
    assert set(schema) <= known, set(schema) - known
    if "$ref" in schema:
        return holds(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    types = {
        "null": lambda v: v is None,
        "boolean": lambda v: isinstance(v, bool),
        "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
        "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
        "string": lambda v: isinstance(v, str),
        "array": lambda v: isinstance(v, list),
        "object": lambda v: isinstance(v, dict),
    }
    wanted = schema.get("type", [])
    checks = [
        not wanted or any(types[name](value) for name in ([wanted] if isinstance(wanted, str) else wanted)),
        "anyOf" not in schema or any(holds(each, value, root) for each in schema["anyOf"]),
        "const" not in schema or value == schema["const"],
        "enum" not in schema or value in schema["enum"],
        "pattern" not in schema or (isinstance(value, str) and re.search(schema["pattern"], value) is not None),
    ]
    if isinstance(value, dict):
        inner, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        checks.append(set(schema.get("required", ())) <= set(value))
        for key, item in value.items():
            below = inner.get(key, others)
            checks.append(below if isinstance(below, bool) else holds(below, item, root))
            checks.append(holds(schema.get("propertyNames", {}), key, root))
    if isinstance(value, list):
        checks += [holds(schema.get("items", {}), item, root) for item in value]
        checks.append(len(value) >= schema.get("minItems", 0))
    if isinstance(value, int | float) and not isinstance(value, bool):
        checks.append(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return all(checks)


def valid(value):
    schema = spec_schema()
    return holds(schema, value, schema)


def test_studies_obey_it():
    """An audit, a benchmark, and both with everything written out."""
    assert valid(AUDIT)
    assert valid(WORLD)
    assert valid(json.loads(AuditSpec.model_validate(AUDIT).model_dump_json()))
    assert valid(json.loads(BenchmarkSpec.model_validate(WORLD).model_dump_json()))


def test_wrong_studies_do_not():
    """Another version, an unknown key, name or type, and no data."""
    wrong = [
        {**AUDIT, "rashomon": 2},
        {**AUDIT, "labelz": "x"},
        {**AUDIT, "budget": "huge"},
        {**AUDIT, "seed": -1},
        {**AUDIT, "multiverse": {"n_pcss": [1]}},
        {**AUDIT, "questions": ["powr"]},
        {**AUDIT, "clusterers": ["waard"]},
        {**AUDIT, "n_replicates": "20"},
        {"rashomon": 1},
        {**WORLD, "data": {"worlds": {"world": "ideal"}}},
    ]
    assert [valid(each) for each in wrong] == [False] * len(wrong)


def test_names_come_from_the_registries():
    """What an editor completes is what is read."""
    defs = spec_schema()["$defs"]
    assert defs["AuditSpec"]["properties"]["budget"]["enum"] == list(BUDGETS)
    assert defs["SweepSpec"]["properties"]["world"]["anyOf"][0]["enum"] == list(WORLDS)
    assert defs["SweepSpec"]["properties"]["levels"]["propertyNames"]["enum"] == list(KNOBS)


def test_every_key_is_described():
    """So that an editor can say what it does."""
    for model in spec_schema()["$defs"].values():
        for name, field in model["properties"].items():
            assert field.get("description"), name


def test_it_is_the_same_each_time():
    """Byte for byte."""
    assert json.dumps(spec_schema()) == json.dumps(spec_schema())
