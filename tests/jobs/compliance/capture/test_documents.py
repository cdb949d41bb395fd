"""Documents become sources in one way, whether they were read or archived."""

import json
from datetime import UTC, datetime

from dcops.jobs.compliance.capture.documents import Text, sources
from dcops.model.snapshot import ConfigSource
from dcops.model.source import SourceKind

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def titles(**texts):
    known = {ConfigSource(name): Text(ConfigSource(name), text, NOW, "key") for name, text in texts.items()}
    return {one.title: one for one in sources("a", known, "read now", {})}


def test_running_and_startup_are_configurations_by_their_names():
    assert list(titles(startup="b", running="a")) == ["config/running", "config/startup"]


def test_what_a_device_says_of_its_settings_is_its_configuration_where_it_gives_nothing_better():
    (source,) = titles(state="<Response/>").values()

    assert (source.kind, source.name, source.content) == (SourceKind.CONFIG, "", "<Response/>")


def test_beside_a_configuration_it_is_what_the_device_says_of_its_state():
    found = titles(running="=== etc/ 0755", state=json.dumps({"os": {"ID": "debian"}}))

    assert found["state/facts"].content == {"os": {"ID": "debian"}}


def test_state_that_is_no_mapping_stays_the_text_it_is():
    assert titles(running="a", state="[1]")["state/facts"].content == "[1]"


def test_a_backup_file_of_the_device_is_opaque_and_not_judged():
    assert titles(file="xx") == {}
    assert list(titles(file="xx", state="{}")) == ["config"]
