"""What `make test` draws from and `make soak` does in full.

A test marked `soak` runs only in `make soak`. Where a sample of many is worth having every day, the day draws it: the
number stands in the header of the run, and DCOPS_DRAW=NUMBER repeats it.
"""

import os
import random
from datetime import UTC, datetime

SOAK = bool(os.environ.get("DCOPS_SOAK"))
# Set for the workers by whoever collects first: at midnight they would draw different samples.
DRAW = int(os.environ.setdefault("DCOPS_DRAW", str(datetime.now(UTC).toordinal())))


def sample(everything, number):
    """So many of them, another choice each day and in their order; all of them when soaking."""
    everything = list(everything)
    if SOAK or number >= len(everything):
        return everything
    return [everything[each] for each in sorted(random.Random(DRAW).sample(range(len(everything)), number))]
