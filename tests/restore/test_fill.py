"""What stands for a word in braces."""

import re

from dcops.model.way_back import Value
from dcops.restore.fill import filled, values


def test_known_words_are_replaced_and_unknown_ones_stand_in_capitals():
    assert (
        filled("scp {file} USER@{host}:{flash}", {"file": "a.cfg", "flash": "flash:"})
        == "scp a.cfg USER@ADDRESS:flash:"
    )


def test_braces_of_the_devices_own_language_stay():
    assert filled("system { host-name {hostname}; }", {}) == "system { host-name {hostname}; }"


def test_a_value_is_taken_from_the_text_or_stands_in_capitals():
    wanted = {"gateway": Value(re.compile("<default-gateway>([^<]+)<"), "GATEWAY")}

    assert values(wanted, "<default-gateway>192.0.2.1</default-gateway>") == {"gateway": "192.0.2.1"}
    assert values(wanted, "<system/>") == {"gateway": "GATEWAY"}
    assert values(wanted, None) == {"gateway": "GATEWAY"}
