"""The subcommands of `python -m lab`: one module each, with `add_to(subcommands)` and a function that runs it."""
