import pytest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("platform: ios", "has platform ios but no management address and no credential"),
        ("platform: ios, credential: ios-backup", "has platform ios but no management address"),
        ("platform: ios, credential: ios-backup, management: {port: 22}", "has platform ios but no management address"),
        ("platform: ios, management: {ipv4: 192.0.2.1}", "has platform ios but no credential"),
        (
            "foreign: true, credential: ios-backup",
            "belongs to another organisation and is never touched, but has a credential",
        ),
        ("legacy_algorithms: {reason: ''}", "legacy_algorithms has no reason"),
        ("legacy_algorithms: {reason: '  '}", "legacy_algorithms has no reason"),
        (
            "support: {end_of_sale: 2026-03-01, end_of_support: 2026-02-28}",
            "support ends on 2026-02-28, before the end of sale on 2026-03-01",
        ),
        ("management: {tls_name: 'fw main'}", "management 'fw main' is no host name"),
        ("drop: {pattern: ''}", "drop.pattern '' is empty"),
        ("drop: {pattern: 'in/Backup-*'}", "drop.pattern 'in/Backup-*' is a path"),
        ("drop: {pattern: '.*'}", "drop.pattern '.*' is about hidden files, which are left alone"),
        ("drop: {pattern: '*.Part'}", "drop.pattern '*.Part' is about files that are still on their way"),
        ("drop: {pattern: ' Backup-*'}", "drop.pattern ' Backup-*' has signs that no name of a file should have"),
        ("drop: {pattern: 'Backup-[0-9'}", "drop.pattern 'Backup-[0-9' has a bracket that is not closed"),
        (
            "foreign: true, drop: {pattern: 'Backup-*'}",
            "belongs to another organisation and is never touched, but has a drop",
        ),
        ("drop: {max_age_hours: 26}", "missing key 'pattern' in drop"),
        ("drop: {pattern: 'Backup-*', max_age_hours: 0}", "drop.max_age_hours must be at least 1, not the number 0"),
    ],
)
def test_what_makes_no_sense_together_is_one_mistake(device, text, message):
    (mistake,) = device(text)

    assert mistake.message == f"device rtr-1: {message}"


@pytest.mark.parametrize(
    "text",
    [
        "foreign: true, platform: ios",
        "notes: nothing can be read from it",
        "support: {end_of_sale: 2026-03-01, end_of_support: 2026-03-01}",
        "support: {end_of_support: 2026-03-01}",
        "platform: ios, credential: ios-backup, management: {ipv6: '2001:db8::1'}",
        "management: {ipv4: 192.0.2.1, tls_name: fw-1.example.test}",
        "drop: {pattern: 'Backup-*'}",
        "drop: {pattern: '*', max_age_hours: 170, smallest_bytes: 1}",
        "drop: {pattern: 'configBundle-esx[12].tgz'}, notes: it has no platform",
    ],
)
def test_what_makes_sense_is_no_mistake(device, text):
    assert device(text) == ()


def test_a_wrong_address_is_not_reported_again_as_a_missing_one(device):
    (mistake,) = device("platform: ios, credential: ios-backup, management: {ipv4: 192.0.2.256}")

    assert "must be an IPv4 address" in mistake.message


@pytest.mark.parametrize("name", ["www.example.test", "_dmarc.example.test", "a", "1022.example.test"])
def test_a_public_name_is_a_host_name(look, name):
    assert look(f"systems:\n  - {{name: s, title: S, public_names: [{name}]}}\n") == ()


@pytest.mark.parametrize("name", ["'http://www.example.test'", "'a b'", "-a.test", f"{'a' * 64}.test", "a..test"])
def test_anything_else_is_no_public_name(look, name):
    (mistake,) = look(f"systems:\n  - {{name: s, title: S, public_names: [ok.test, {name}]}}\n")

    assert "is no host name" in mistake.message


def test_an_unknown_time_zone_is_told_with_the_nearest_one(look):
    (mistake,) = look("sites:\n  - {name: s, title: S, role: main, timezone: Asia/Ho_Chi_Min}\n")

    assert mistake.hint == "did you mean Asia/Ho_Chi_Minh?"


def test_a_required_text_says_something(look):
    (mistake,) = look("systems:\n  - {name: s, title: ' '}\n")

    assert mistake.message == "system s: title is empty"
