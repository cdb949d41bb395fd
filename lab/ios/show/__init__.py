"""What the show commands answer."""

from __future__ import annotations

from lab.ios.show import configurations, interfaces, neighbours, switch, system

COMMANDS = configurations.COMMANDS + system.COMMANDS + interfaces.COMMANDS + neighbours.COMMANDS
SWITCH_COMMANDS = switch.COMMANDS
