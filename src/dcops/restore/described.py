"""Platforms described by data: the way back that their file in `platforms/` gives, or honest words when it gives"
" none."""

from __future__ import annotations

from dataclasses import replace

from dcops.model.platform import CliPlatform
from dcops.model.way_back import Case, Way, WayBack
from dcops.restore import own_file
from dcops.restore.common import BACKUP_FIRST, EXPORT

NOTHING_SAID = (
    "Nobody has written down how {title} is restored (`restore:` in its file of platforms/). What was archived is"
    " whole and can"
    " be exported: load it as its maker's guide says"
)


def way_back(platform: CliPlatform) -> WayBack:
    """What the file says, with the steps of dcops around it."""
    said = platform.restore
    if said is None:
        return WayBack(
            title=platform.title,
            proven="",
            needs=own_file.NEEDS,
            losses=own_file.LOSSES,
            ways=(own_file.WAY,),
            no_way=NOTHING_SAID.replace("{title}", platform.title),
        )
    return replace(said, ways=tuple(_around(way) for way in said.ways))


def _around(way: Way) -> Way:
    first = (BACKUP_FIRST, EXPORT) if way.case is Case.REPAIR else (EXPORT,)
    return replace(way, before=(*first, *way.before))
