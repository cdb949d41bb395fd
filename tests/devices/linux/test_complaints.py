"""What tar says on its way out decides whether its tar is believed."""

import pytest

from dcops.devices.linux.complaints import gaps
from dcops.devices.linux.session import Answer
from dcops.errors import DeviceError, ErrorKind

END = "tar: Exiting with failure status due to previous errors\n"


def answer(stderr, status, stdout=b"tar"):
    return Answer(stdout, stderr.encode(), status)


def test_unreadable_files_are_named_and_missing_ones_are_not():
    found = gaps(
        answer(
            "tar: etc/sudoers: Cannot open: Permission denied\n"
            "/bin/tar: ./etc/a: b: Cannot open: Permission denied\n"
            "tar: etc/nowhere: Cannot stat: No such file or directory\n" + END,
            2,
        ),
        sudo=False,
    )

    assert found.unreadable == ("etc/sudoers", "etc/a: b")


@pytest.mark.parametrize(
    "words",
    [
        "tar: etc/hosts: file changed as we read it\n",
        "tar: etc/x: File removed before we read it\n",
        "tar: etc/socket: socket ignored\n",
        "tar: Removing leading `/' from member names\n",
    ],
)
def test_ordinary_words_are_no_failure(words):
    assert gaps(answer(words + END, 1), sudo=False).unreadable == ()


@pytest.mark.parametrize(
    ("stderr", "status", "kind"),
    [
        ("tar: etc/x: Cannot open: Input/output error\n" + END, 2, ErrorKind.INVALID),
        ("tar: unrecognized option '--format=gnu'\n", 64, ErrorKind.INVALID),
        ("", 3, ErrorKind.INVALID),
        ("env: 'tar': No such file or directory\n", 127, ErrorKind.UNSUPPORTED),
        ("sh: tar: Permission denied\n", 126, ErrorKind.DENIED),
    ],
)
def test_a_tar_that_did_not_do_its_work_is_an_error(stderr, status, kind):
    with pytest.raises(DeviceError) as caught:
        gaps(answer(stderr, status, b""), sudo=False)

    assert caught.value.kind is kind
    assert caught.value.next_step


@pytest.mark.parametrize(
    "words",
    [
        "sudo: a password is required",
        "sudo: sorry, you must have a tty to run sudo",
        "Sorry, user svc-dcops is not allowed to execute '/bin/tar' as root on srv.",
    ],
)
def test_a_refusal_of_sudo_is_told_as_one(words):
    with pytest.raises(DeviceError, match="sudo refused") as caught:
        gaps(answer(words + "\n", 1, b""), sudo=True)

    assert caught.value.kind is ErrorKind.DENIED


def test_sudo_may_talk_and_let_us_in():
    words = "sudo: unable to resolve host srv: Name or service not known\n"
    missing = "tar: etc/nowhere: Cannot stat: No such file or directory\n"

    assert gaps(answer(words + missing + END, 2), sudo=True).unreadable == ()
