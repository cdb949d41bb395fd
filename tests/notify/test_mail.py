"""Mail goes out whole, to everyone, over a line that was checked, or says why not."""

import email
import socket
from email import policy

import pytest

from dcops.errors import InvalidInput
from dcops.model.secret import Secret
from dcops.notify.mail import MailSecurity, MailSender, clean_subject
from dcops.notify.sender import NotifyError, NotifyErrorKind
from tests.notify.servers import login_with

TO = ("noc@example.org", "duty@example.org")


def sender(server, **changes):
    values = {
        "host": "127.0.0.1",
        "port": server.port if hasattr(server, "port") else server,
        "sender": "dcops@example.org",
        "recipients": TO,
        "security": MailSecurity.NONE,
        "timeout_seconds": 5.0,
        **changes,
    }
    return MailSender(**values)


def parsed(content):
    return email.message_from_bytes(content, policy=policy.default)


def refusal(call):
    with pytest.raises(NotifyError) as caught:
        call()
    return caught.value


def test_a_mail_reaches_everyone_in_vietnamese(smtp, letter):
    server = smtp()

    sender(server).send(letter("[tỉnh] Báo cáo đêm: cần xử lý 3 việc", "Thiết bị lỗi: rtr-edge-2\n"))

    ((mail_from, recipients, content, encrypted),) = server.box.mails
    mail = parsed(content)
    assert (mail_from, recipients, encrypted) == ("dcops@example.org", list(TO), False)
    assert mail["subject"] == "[tỉnh] Báo cáo đêm: cần xử lý 3 việc"
    assert mail.get_content().replace("\r\n", "\n") == "Thiết bị lỗi: rtr-edge-2\n"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"
    assert mail["auto-submitted"] == "auto-generated"
    assert content.isascii()


def test_a_line_end_in_a_subject_adds_no_header(smtp, letter):
    server = smtp()

    sender(server).send(letter("quiet\r\nBcc: evil@example.net\nX-Evil: 1"))

    mail = parsed(server.box.mails[0][2])
    assert mail["subject"] == "quiet Bcc: evil@example.net X-Evil: 1"
    assert mail["bcc"] is None
    assert mail["x-evil"] is None
    assert server.box.mails[0][1] == list(TO)


def test_a_dot_alone_on_a_line_does_not_end_the_mail(smtp, letter):
    server = smtp()

    sender(server).send(letter(body="before\n.\nafter\n"))

    assert parsed(server.box.mails[0][2]).get_content().splitlines() == ["before", ".", "after"]


def test_signs_that_steer_a_reader_are_taken_out():
    assert clean_subject("a\x00b\u202ec\x1b[31m") == "a b c [31m"
    assert len(clean_subject("x" * 5000)) == 200


def test_control_signs_in_a_difference_are_shown_not_obeyed(smtp, letter):
    server = smtp()

    sender(server).send(letter(body="+ banner \x1b]0;x\x07\n\ttab stays\n"))

    assert parsed(server.box.mails[0][2]).get_content().splitlines() == ["+ banner \ufffd]0;x\ufffd", "\ttab stays"]


@pytest.mark.parametrize(
    "address", ["", "noc", "noc@", "@example.org", "noc@example.org\nBcc: x@example.org", "nốc@example.org"]
)
def test_what_is_no_address_is_refused_before_anything_is_sent(address):
    with pytest.raises(InvalidInput):
        MailSender("127.0.0.1", 25, "dcops@example.org", (address,))


def test_starttls_with_an_authority_of_ours_is_believed(smtp, letter, server_context, ca_file):
    server = smtp(tls_context=server_context, require_starttls=True)

    sender(server, security=MailSecurity.STARTTLS, ca_file=ca_file).send(letter())

    assert server.box.mails[0][3] is True


def test_tls_from_the_first_byte_works_too(smtp, letter, server_context, ca_file):
    server = smtp(ssl_context=server_context)

    sender(server, security=MailSecurity.TLS, ca_file=ca_file).send(letter())

    assert len(server.box.mails) == 1


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_a_certificate_that_nobody_vouches_for_gets_no_mail_and_no_password(smtp, letter, server_context, security):
    options = {"tls_context": server_context} if security is MailSecurity.STARTTLS else {"ssl_context": server_context}
    server = smtp(**options)

    error = refusal(
        lambda: sender(server, security=security, username="noc", password=Secret("hunter2-hunter2")).send(letter())
    )

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "certificate" in str(error)
    assert server.box.mails == []


def test_a_server_without_starttls_gets_no_mail(smtp, letter, ca_file):
    server = smtp()

    error = refusal(lambda: sender(server, security=MailSecurity.STARTTLS, ca_file=ca_file).send(letter()))

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert server.box.mails == []


def test_a_certificate_for_another_name_is_not_believed(smtp, letter, authority, ca_file):
    server = smtp(tls_context=authority.sign("other.example.org", "127.0.0.9").server_context())

    error = refusal(lambda: sender(server, security=MailSecurity.STARTTLS, ca_file=ca_file).send(letter()))

    assert "certificate" in str(error)


def test_a_login_is_sent_over_tls_only_and_its_refusal_holds_no_password(smtp, letter, server_context, ca_file):
    server = smtp(tls_context=server_context, authenticator=login_with("noc", "right-one-1"), auth_required=True)
    common = {"security": MailSecurity.STARTTLS, "ca_file": ca_file, "username": "noc"}

    sender(server, password=Secret("right-one-1"), **common).send(letter())
    error = refusal(lambda: sender(server, password=Secret("wrong-one-1"), **common).send(letter()))

    assert len(server.box.mails) == 1
    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "wrong-one-1" not in str(error)
    with pytest.raises(InvalidInput):
        sender(server, username="noc", password=Secret("right-one-1"))


def test_a_message_that_the_server_will_never_take_is_refused_for_good(smtp, letter):
    server = smtp()
    server.box.refuse_data = "554 looks like spam"

    error = refusal(lambda: sender(server).send(letter()))

    assert error.kind is NotifyErrorKind.PERMANENT
    assert "554" in str(error)


def test_a_server_that_is_busy_is_asked_again(smtp, letter):
    server = smtp()
    server.box.refuse_data = "451 try again"

    assert refusal(lambda: sender(server).send(letter())).kind is NotifyErrorKind.TEMPORARY


def test_who_was_reached_does_not_get_a_second_copy(smtp, letter):
    server = smtp()
    server.box.refuse = {TO[1]: "451 greylisted"}
    mailer = sender(server)

    first = refusal(lambda: mailer.send(letter()))
    server.box.refuse = {}
    mailer.send(letter())

    assert first.kind is NotifyErrorKind.TEMPORARY
    assert [recipients for _, recipients, _, _ in server.box.mails] == [[TO[0]], [TO[1]]]
    ids = {parsed(content)["message-id"] for _, _, content, _ in server.box.mails}
    assert len(ids) == 1


def test_an_unknown_recipient_is_named_and_the_others_are_reached(smtp, letter):
    server = smtp()
    server.box.refuse = {TO[1]: "550 no such user"}

    error = refusal(lambda: sender(server).send(letter()))

    assert error.kind is NotifyErrorKind.PERMANENT
    assert TO[1] in str(error)
    assert "1 of 2" in str(error)


def test_all_recipients_unknown_is_for_good(smtp, letter):
    server = smtp()
    server.box.refuse = dict.fromkeys(TO, "550 no such user")

    error = refusal(lambda: sender(server).send(letter()))

    assert error.kind is NotifyErrorKind.PERMANENT
    assert "0 of 2" in str(error)


def test_nobody_at_home_is_tried_again(letter, nobody_listens):
    error = refusal(lambda: sender(nobody_listens).send(letter()))

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert str(nobody_listens) in str(error)


def test_a_server_that_never_speaks_is_left_in_time(letter):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(lambda: sender(silent.getsockname()[1], timeout_seconds=0.3).send(letter()))

    assert error.kind is NotifyErrorKind.TEMPORARY
    assert "in time" in str(error)
