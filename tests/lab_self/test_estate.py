"""The inventory of a lab is sound at every scale: what is left out leaves nothing behind that points at it."""

import pytest
import yaml

from dcops.inventory.load import check
from lab.estate import Dumper, read


@pytest.mark.parametrize("scale", ["small", "reference"])
def test_the_inventory_of_a_scale_has_no_mistake(tmp_path, scale):
    estate = read(scale)
    for name, content in estate.files.items():
        file = tmp_path / "inventory" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True), encoding="utf-8")

    inventory, mistakes = check(tmp_path / "inventory")

    assert mistakes == ()
    assert {device["name"] for device in estate.devices} <= {device.name for device in inventory.devices}
    assert inventory.undeclared == ()
    assert len(inventory.backup_items) >= 5
