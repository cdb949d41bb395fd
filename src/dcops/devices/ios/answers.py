"""What an answer of IOS means: the thing that was asked for, or that the device would not show it."""

from __future__ import annotations

from dcops.errors import DeviceError, ErrorKind


def refusal(answer: bytes) -> str:
    """Why the device would not show something, in its own first line; empty when it did."""
    for line in answer.decode("utf-8", "replace").splitlines():
        words = line.strip().strip("^").strip()
        if words.startswith("%") or "authorization failed" in words.lower() or "is not present" in words:
            return words.lstrip("% ").rstrip(".")[:120]
        if words and not words.startswith("!"):
            return ""
    return ""


def given(answer: bytes) -> str:
    """The text of an answer; raises DeviceError when it is a refusal."""
    reason = refusal(answer)
    if not reason:
        return answer.decode("utf-8", "replace")
    if reason.startswith(("Invalid input", "Incomplete command", "Ambiguous command")):
        raise DeviceError(
            ErrorKind.UNSUPPORTED,
            f"it answered: {reason}",
            next_step="The account's privilege is too low for this command, or this release does not know it",
        )
    raise DeviceError(
        ErrorKind.DENIED,
        f"it answered: {reason}",
        next_step="Allow the account this command (privilege level, or authorization on the TACACS+ server)",
    )
