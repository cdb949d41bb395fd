import os
import pwd

from dcops.auditlog.origin import Origin, this_process


def test_the_account_is_the_kernels_word_and_not_the_environments():
    origin = this_process({"USER": "somebody", "LOGNAME": "somebody", "HOME": "/home/somebody"})

    assert origin.user == pwd.getpwuid(os.getuid()).pw_name
    assert origin.pid == os.getpid()


def test_sudo_and_ssh_say_who_and_from_where():
    origin = this_process({"SUDO_USER": "an.nguyen", "SSH_CONNECTION": "192.0.2.7 50122 192.0.2.9 22"})

    assert (origin.sudo_user, origin.address) == ("an.nguyen", "192.0.2.7")


def test_an_environment_of_strange_bytes_does_no_harm():
    origin = this_process({"SUDO_USER": "\udcff" * 1000, "SSH_CONNECTION": " "})

    assert len(origin.sudo_user) <= 200
    assert origin.sudo_user.isprintable()
    assert origin.address == ""


def test_the_person_comes_before_the_account():
    assert Origin("dcops", "an", "", "192.0.2.7", "pts/3", "h", 1).who == "an as dcops"
    assert Origin("dcops", "", "an", "", "", "h", 1).who == "an as dcops"
    assert Origin("an", "", "an", "", "", "h", 1).who == "an"
    assert Origin("an", "", "an", "192.0.2.7", "pts/3", "h", 1).where == "192.0.2.7 pts/3"
    assert Origin("dcops", "", "", "", "", "h", 1).where == "-"
