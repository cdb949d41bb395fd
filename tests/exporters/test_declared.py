"""What is declared about backups, as Prometheus sees it: an inventory that is away declares nothing, not zero."""

import pytest

ITEM = """\
backup_items:
  - {name: edge, title: Edge, classification: secret, sites: [main], every_hours: 12, places: [archive],
     retention: {all_days: 90}, restore_test_days: 30}
"""
EDGE = (("classification", "secret"), ("device", "rtr-1"), ("item", "edge"), ("site", "main"))


@pytest.fixture
def declare(site):
    def write(text):
        (site.root / "inventory" / "backup.yaml").write_text(text)

    return write


def test_what_is_declared_follows_the_inventory_and_goes_with_it(exporter, declare):
    found = exporter.series()
    assert found["dcops_backup_undeclared_devices"] == {(): 2}
    assert "dcops_backup_declared_interval_seconds" not in found

    declare(ITEM)
    found = exporter.series()
    assert found["dcops_backup_declared_interval_seconds"] == {EDGE: 12 * 3600}
    assert found["dcops_backup_declared_restore_test_interval_seconds"] == {EDGE: 30 * 86400}
    assert found["dcops_backup_undeclared_devices"] == {(): 1}

    declare(ITEM.replace("sites: [main]", "sites: [mian]"))
    found = exporter.series()
    assert found["dcops_inventory_up"] == {(): 0}
    assert not {name for name in found if name.startswith("dcops_backup_")}
