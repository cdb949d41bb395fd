"""`dcops`: finds the command, and turns every error into one line and an exit code."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from dcops.errors import DcopsError

# The list is written by hand so that `dcops --help` imports none of the commands.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("dcops.cli.init", "Make a new site root from an example."),
    "inventory": ("dcops.cli.inventory", "Check and look at what we own."),
    "secrets": ("dcops.cli.secrets", "Which credentials are named, and which are found."),
    "trust": ("dcops.cli.trust", "Whose host keys and certificates are believed."),
    "device": ("dcops.cli.device", "Try a device, or record it for the lab."),
    "backup": ("dcops.cli.backup", "Read, validate and archive every configuration."),
    "jobs": ("dcops.cli.jobs", "What runs by itself: schedule, start, history, the scheduler."),
    "report": ("dcops.cli.report", "Last night on one page."),
    "maintenance": ("dcops.cli.maintenance", "Silence alarms about what is worked on."),
    "archive": ("dcops.cli.archive", "History, differences and export of configurations."),
    "audit": ("dcops.cli.audits", "Judge devices by rules that people can read."),
    "rules": ("dcops.cli.rules", "Try the rules of compliance without a device."),
    "restore": ("dcops.cli.restore", "From the archive back to a running device."),
    "snmp": ("dcops.cli.snmp", "Ask devices over SNMP, and find their profiles."),
    "exporter": ("dcops.cli.exporter", "Metrics for Prometheus."),
    "traps": ("dcops.cli.traps", "Receive what devices tell unasked."),
    "audit-log": ("dcops.cli.audit_log", "Who did what, when and from where."),
    "doctor": ("dcops.cli.doctor", "Check this installation."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "root",
    metavar="DIR",
    help="Site root to work on (default: DCOPS_ROOT, or the nearest folder upward with a dcops.toml).",
)
@click.version_option(package_name="dcops", prog_name="dcops")
@click.pass_context
def cli(ctx: click.Context, root: str | None) -> None:
    """Configurations under control, everything measured, proof by morning.

    dcops works on a site root: a folder with dcops.toml and an inventory.
    Start with: dcops init my-site
    """
    ctx.obj = root


def main() -> None:
    """Run the command line. Exit codes: 0 well, 1 found something, 2 wrong usage, 3 could not run."""
    # Imports make objects that stay; looking through them every 700 new ones is a tenth of the time of a short command.
    gc.set_threshold(20_000, 20, 20)
    try:
        code = cli.main(standalone_mode=False)
    except DcopsError as error:
        _say(f"dcops: {error}")
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        _say("dcops: stopped.")
        code = 3
    except BrokenPipeError:
        # The reader of our output went away (`dcops … | head`): nobody is left to tell.
        sys.stderr.close()
        code = 0
    except OSError as error:
        _say(f"dcops: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        code = 3
    except Exception as error:  # noqa: BLE001 a mistake of ours must not look like a finding, which is code 1
        for line in _where(error):
            _say(line)
        _say(f"dcops: a mistake in dcops itself ({type(error).__name__}). Please report the lines above")
        code = 3
    # On its way out Python searches all that was imported for garbage, which is a seventh of a backup of 40 devices.
    gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)


def _where(error: Exception) -> list[str]:
    """The way to the mistake, without the message of the exception: that may hold anything."""
    import traceback

    return "".join(traceback.format_tb(error.__traceback__)).splitlines()


def _say(line: str) -> None:
    from dcops.cli.output import harmless

    click.echo(harmless(line), err=True)
