"""A secret does not print, whatever is done to it."""

import copy
import json
import pickle
import traceback

import pytest

from dcops.model.secret import Credential, Secret

TEXT = "Example-Passw0rd"


@pytest.mark.parametrize(
    "show",
    [str, repr, "{}".format, "{:>40}".format, lambda s: f"{s!r}", lambda s: str([s, {1: s}])],
)
def test_it_prints_as_secret_however_it_is_shown(show):
    assert TEXT not in show(Secret(TEXT))
    assert "<secret>" in show(Secret(TEXT))


def test_a_credential_that_holds_one_does_not_show_it():
    assert TEXT not in repr(Credential("ios-backup", "svc", Secret(TEXT), api_key=Secret(TEXT)))


def test_it_cannot_be_pickled_copied_by_pickle_or_put_into_json():
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TEXT))
    with pytest.raises(TypeError):
        copy.deepcopy(Secret(TEXT))
    with pytest.raises(TypeError):
        json.dumps(Secret(TEXT))


def test_it_does_not_appear_in_a_traceback_with_locals():
    try:
        secret = Secret(TEXT)
        raise ValueError(f"cannot use {secret}")
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)

    assert TEXT not in "".join(line for line in shown.format() if "TEXT" not in line)


def test_an_empty_one_is_false_and_the_text_comes_out_by_one_way_only():
    assert not Secret("")
    assert Secret(TEXT).reveal() == TEXT
