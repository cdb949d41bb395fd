"""Holders are named in a file that age itself understands, and mistakes in it are named by line."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pyrage import x25519

from dcops.archive.holders import (
    Holder,
    add_holder,
    create_holder,
    load_holders,
    remove_holder,
    replace_key,
    require_enough,
    rotate_holder,
)
from dcops.errors import CannotRun, InvalidInput, UsageError


def public():
    return str(x25519.Identity.generate().to_public())


def test_a_created_holder_has_a_private_file_and_a_public_line(tmp_path):
    identity = tmp_path / "main.key"

    (holder,) = create_holder(tmp_path / "keys", "main", identity)

    assert identity.stat().st_mode & 0o777 == 0o600
    secret = [line for line in identity.read_text().splitlines() if not line.startswith("#")]
    assert [str(x25519.Identity.from_str(line).to_public()) for line in secret] == [holder.recipient]
    assert load_holders(tmp_path / "keys") == (holder,)
    assert "AGE-SECRET-KEY" not in (tmp_path / "keys/holders.txt").read_text()


def test_a_private_file_is_never_overwritten(tmp_path):
    identity = tmp_path / "main.key"
    identity.write_text("precious")
    link = tmp_path / "link.key"
    link.symlink_to(tmp_path / "elsewhere")

    for file in (identity, link):
        with pytest.raises(UsageError, match="exists already"):
            create_holder(tmp_path / "keys", "main", file)

    assert identity.read_text() == "precious"
    assert load_holders(tmp_path / "keys") == ()


def test_a_holder_that_could_not_be_added_leaves_no_private_file(tmp_path):
    (tmp_path / "keys").write_text("not a folder")

    with pytest.raises(CannotRun):
        create_holder(tmp_path / "keys", "main", tmp_path / "main.key")

    assert not (tmp_path / "main.key").exists()


def test_a_name_or_key_is_taken_once(tmp_path):
    key = public()
    add_holder(tmp_path, "main", key)

    with pytest.raises(UsageError, match="a holder main already"):
        add_holder(tmp_path, "main", public())
    with pytest.raises(UsageError, match="the key of main"):
        add_holder(tmp_path, "dr", key)
    with pytest.raises(UsageError, match="cannot name a holder"):
        add_holder(tmp_path, "main\n# dr", public())


def test_a_private_key_given_as_the_public_one_is_refused_without_showing_it(tmp_path):
    private = str(x25519.Identity.generate())

    with pytest.raises(UsageError, match="private key") as caught:
        add_holder(tmp_path, "main", private)

    assert private not in str(caught.value)
    assert not (tmp_path / "holders.txt").exists()


def test_what_a_person_wrote_into_the_file_stays(tmp_path):
    first = public()
    (tmp_path / "holders.txt").write_text(f"# Kept in the safe of room 2.\n\n# main\n{first}")

    holders = add_holder(tmp_path, "dr", public())

    assert [holder.name for holder in holders] == ["main", "dr"]
    assert (tmp_path / "holders.txt").read_text().startswith("# Kept in the safe of room 2.\n\n# main\n")
    assert load_holders(tmp_path) == holders


def test_every_mistake_is_named_with_its_line(tmp_path):
    key = public()
    private = str(x25519.Identity.generate())
    lines = ["# main", key, "# main", public(), "# copy", key, public(), "# odd", "age1nonsense", "# mine", private]
    file = tmp_path / "holders.txt"
    file.write_text("\n".join(lines))

    with pytest.raises(InvalidInput) as caught:
        load_holders(tmp_path)

    said = caught.value.message.split("; ")
    assert said == [
        f"{file}:4: a second key for main",
        f"{file}:6: the key of main once more, as copy",
        f"{file}:7: the line above a public key must be `# NAME` (a-z, 0-9, dot and hyphen)",
        f"{file}:9: this is no public key of age (age1…)",
        f"{file}:11: this is a private key, which must not lie here: take it out and make a new one",
    ]
    assert private not in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\0"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    (tmp_path / "holders.txt").write_bytes(content)

    with pytest.raises(InvalidInput):
        load_holders(tmp_path)


def test_holders_added_at_once_are_all_there(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: add_holder(tmp_path, f"holder-{number}", public()), range(16)))

    assert len(load_holders(tmp_path)) == 16


def test_two_are_enough_and_the_missing_ones_come_with_their_command():
    main, dr = Holder("main", public()), Holder("dr", public())

    require_enough((main, dr))
    with pytest.raises(CannotRun, match="only main holds a key") as caught:
        require_enough((main,))
    assert caught.value.next_step == "Run: dcops archive keys create dr --identity dr.key"
    with pytest.raises(CannotRun, match="nobody holds a key") as caught:
        require_enough(())
    assert caught.value.next_step.count("dcops archive keys create") == 2


def three(keys):
    for name in ("main", "dr", "offline"):
        add_holder(keys, name, public())
    return load_holders(keys)


def test_a_holder_is_removed_and_what_a_person_wrote_stays(tmp_path):
    (tmp_path / "holders.txt").write_text("# Kept in the safe of room 2.\n\n")
    main, dr, offline = three(tmp_path)
    text = (tmp_path / "holders.txt").read_text()

    assert remove_holder(tmp_path, "dr") == (main, offline) == load_holders(tmp_path)
    assert (tmp_path / "holders.txt").read_text() == text.replace(f"# dr\n{dr.recipient}\n", "")


def test_two_holders_always_stay(tmp_path):
    three(tmp_path)
    remove_holder(tmp_path, "main")

    with pytest.raises(UsageError, match="2 must stay") as caught:
        remove_holder(tmp_path, "dr")

    assert "keys rotate dr" in caught.value.next_step
    assert len(load_holders(tmp_path)) == 2


def test_a_holder_gets_a_new_pair_in_the_same_place(tmp_path):
    main, dr, offline = three(tmp_path)

    holders = rotate_holder(tmp_path, "dr", tmp_path / "new.key")

    assert [one.name for one in holders] == ["main", "dr", "offline"]
    assert (holders[0], holders[2]) == (main, offline)
    assert holders == load_holders(tmp_path)
    pair = x25519.Identity.from_str((tmp_path / "new.key").read_text().splitlines()[-1])
    assert str(pair.to_public()) == holders[1].recipient != dr.recipient


def test_a_pair_that_was_made_elsewhere_takes_the_place_of_the_old_one(tmp_path):
    main, dr, _ = three(tmp_path)
    new = public()

    assert replace_key(tmp_path, "dr", new)[1] == Holder("dr", new)
    for wrong in (new, main.recipient, "age1nonsense", str(x25519.Identity.generate())):
        with pytest.raises(UsageError):
            replace_key(tmp_path, "dr", wrong)
    assert dr.recipient not in (tmp_path / "holders.txt").read_text()


def test_a_rotation_never_overwrites_a_key_and_an_unknown_holder_gets_none(tmp_path):
    three(tmp_path)
    (tmp_path / "old.key").write_text("precious")

    with pytest.raises(UsageError, match="exists already"):
        rotate_holder(tmp_path, "dr", tmp_path / "old.key")
    with pytest.raises(UsageError, match="Holders are: main, dr, offline"):
        rotate_holder(tmp_path, "dx", tmp_path / "new.key")
    with pytest.raises(UsageError, match="no holder 'dx'"):
        remove_holder(tmp_path, "dx")

    assert (tmp_path / "old.key").read_text() == "precious"
    assert not (tmp_path / "new.key").exists()
