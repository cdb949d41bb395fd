"""Messages out of the house: mail, webhook, Alertmanager. Each sender is given values and one message."""
