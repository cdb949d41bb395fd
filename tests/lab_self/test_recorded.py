"""Recordings that the lab cannot use are named, and the others replay."""

import pytest

from lab.recorded.build import why_not
from lab.recorded.transcript import BadRecording, filler, find, read

TERMINAL = """\
recording: 1
platform: made-up-os
vendor: Nobody
model: Box 1
software: '1.0'
terminal:
  greeting: "hello\\n"
  prompt: 'box> '
exchanges:
- request: show all
  answer:
  - 'first  '
  - second
  - ''
- request: show file
  withheld_bytes: 100
"""


def test_a_terminal_of_any_platform_is_read_and_can_be_replayed(tmp_path):
    (tmp_path / "box.recording.yaml").write_text(TERMINAL)
    ((name, transcript),) = find(tmp_path)

    assert name == "box"
    assert transcript.prompt == "box> "
    assert transcript.commands["show all"] == b"first  \nsecond\n"
    assert len(transcript.commands["show file"]) == 100
    assert why_not(transcript) == ""


def test_a_web_platform_that_the_lab_does_not_know_says_why_it_is_left_out(tmp_path):
    file = tmp_path / "box.yaml"
    file.write_text("recording: 1\nplatform: made-up\nexchanges:\n- {request: GET /api, status: 200, answer: x}\n")

    assert "how made-up logs in" in why_not(read(file))


@pytest.mark.parametrize("text", ["recording: 2", "recording: 1\nplatform: ios", "recording: [", "recording: 1\n- x"])
def test_a_file_that_is_none_is_refused_with_its_name(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text)

    with pytest.raises(BadRecording, match=r"bad\.yaml"):
        read(file)


def test_other_files_are_passed_over(tmp_path):
    (tmp_path / "notes.yaml").write_text("hello: world\n")

    assert list(find(tmp_path)) == []


def test_what_was_withheld_is_always_the_same():
    assert filler(1000) == filler(1000)
    assert len(filler(1000)) == 1000
