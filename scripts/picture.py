"""Draw what a terminal shows as an SVG: `script -qc COMMAND /dev/stdout | python scripts/picture.py TITLE FILE`."""

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

# rich's own frame without its fonts from the network: the reader's monospace font does.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px;
 line-height: {line_height}px; font-variant-east-asian: full-width; white-space: pre; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Read the terminal's text from stdin and write the picture."""
    title, file = sys.argv[1], Path(sys.argv[2])
    lines = sys.stdin.read().replace("\r", "").rstrip().split("\n")
    width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines) + 1
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True)
        for line in lines:
            console.print(Text.from_ansi(line), no_wrap=True)
        file.write_text(console.export_svg(title=title, code_format=FRAME, unique_id="dcops"), encoding="utf-8")


if __name__ == "__main__":
    main()
