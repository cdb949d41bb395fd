"""The way back: per platform, what is sent to a device, how, and what cannot be restored. It only thinks."""
