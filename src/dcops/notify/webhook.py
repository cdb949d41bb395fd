"""Posts a message to an address of the site's choice: a chat, a ticket system, a script."""

from __future__ import annotations

from dataclasses import dataclass

from dcops.model.job import Message
from dcops.notify.http import Endpoint


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """The body of its messages is the JSON document that is posted; its `text` is what chats show."""

    endpoint: Endpoint

    def send(self, message: Message) -> None:
        """Post one message; raises NotifyError when it was not taken."""
        self.endpoint.post(message.body)
