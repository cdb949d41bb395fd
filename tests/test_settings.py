"""`dcops.toml`: what each kind of value may be, and what is refused."""

import pytest

from dcops.errors import InvalidInput
from dcops.settings import load


@pytest.fixture
def settings(tmp_path):
    def read(text):
        (tmp_path / "dcops.toml").write_text(text)
        return load(tmp_path)

    return read


def test_a_site_that_says_nothing_of_peplink_fetches_no_file_and_posts_nothing(settings):
    peplink = settings("").peplink

    assert (peplink.download_path, peplink.read_priorities) == ("", False)


def test_a_download_is_a_path_a_method_and_fields(settings):
    peplink = settings(
        '[peplink]\ndownload_path = "/x.cgi"\ndownload_method = "POST"\ndownload_fields = {action = "download"}\n'
        "download_smallest_bytes = 4096\nread_priorities = true\n"
    ).peplink

    assert (peplink.download_path, peplink.download_method) == ("/x.cgi", "POST")
    assert peplink.download_fields == {"action": "download"}
    assert (peplink.download_smallest_bytes, peplink.read_priorities) == (4096, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('download_path = "https://192.0.2.18/x.cgi"', "must begin with /"),
        ('download_method = "PUT"', "neither GET nor POST"),
        ("download_fields = {action = 1}", "peplink.download_fields.action must be a text"),
        ('download_fields = "action=download"', "peplink.download_fields must be a table of texts"),
        ('read_priorities = "yes"', "peplink.read_priorities must be true or false"),
        ("download_smallest_bytes = 0", "peplink.download_smallest_bytes must be a whole number above 0"),
        ("download_smallest_bytes = true", "peplink.download_smallest_bytes must be a whole number above 0"),
        ('download_pth = "/x"', "did you mean download_path?"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(settings, line, words):
    with pytest.raises(InvalidInput) as caught:
        settings(f"[peplink]\n{line}\n")

    assert words in str(caught.value)
