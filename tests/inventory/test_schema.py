import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from dcops.inventory.kinds import KINDS
from dcops.inventory.schema import json_schema

REFERENCE = Path(__file__).parents[2] / "inventory"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}


@pytest.fixture(scope="module")
def schema():
    return json_schema()


def fits(value, rule, schema):
    """Enough of JSON Schema to judge an inventory file."""
    if "$ref" in rule:
        return fits(value, schema["$defs"][rule["$ref"].rsplit("/", 1)[1]], schema)
    if "anyOf" in rule:
        return any(fits(value, one, schema) for one in rule["anyOf"])
    if "enum" in rule and value not in rule["enum"]:
        return False
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(type(value) is TYPES[kind] for kind in kinds):
        return False
    if isinstance(value, dict):
        known = rule.get("properties", {})
        return (
            set(value) <= set(known)
            and set(rule.get("required", ())) <= set(value)
            and all(fits(inner, known[key], schema) for key, inner in value.items())
        )
    if isinstance(value, list):
        return all(fits(item, rule["items"], schema) for item in value)
    if isinstance(value, str) and "pattern" in rule:
        return re.search(rule["pattern"], value) is not None and len(value) <= rule.get("maxLength", 10**9)
    if isinstance(value, int) and not isinstance(value, bool):
        return rule.get("minimum", value) <= value <= rule.get("maximum", value)
    return True


class Texts(yaml.SafeLoader):
    """Dates stay texts, as in JSON."""


Texts.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for sign, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("file", sorted(REFERENCE.rglob("*.yaml")), ids=lambda file: file.name)
def test_every_file_of_the_reference_site_fits_the_schema(schema, file):
    value = yaml.load(file.read_text(), Texts)

    assert fits(value, schema, schema)


@pytest.mark.parametrize(
    "value",
    [
        {"devcies": []},
        {"devices": [{"name": "a"}]},
        {"racks": [{"name": "A01", "site": "s", "room": "r", "units": "42"}]},
        {"systems": [{"name": "a", "title": "A", "criticality": "hihg"}]},
        {"systems": [{"name": "A/..", "title": "A"}]},
        {"systems": [{"name": "a", "title": "A", "level": 6}]},
    ],
)
def test_a_mistake_does_not_fit_the_schema(schema, value):
    assert not fits(value, schema, schema)


def test_the_schema_names_its_dialect_and_every_kind(schema):
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["properties"]) == {"lab", *KINDS}
    assert "required" not in schema


def test_the_schema_knows_every_key_of_the_model(schema):
    for kind in KINDS.values():
        assert list(schema["$defs"][kind.type.__name__]["properties"]) == [item.name for item in fields(kind.type)]


def test_the_schema_explains_what_is_not_plain(schema):
    device = schema["$defs"]["Device"]["properties"]

    assert "driver" in device["platform"]["description"]
    assert "never touched" in device["foreign"]["description"]
    assert "counted from the floor" in schema["$defs"]["Place"]["description"]
