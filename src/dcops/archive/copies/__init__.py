"""The second store: another place that holds everything that the archive holds, and is an archive itself.

    PLACE/
      dcops.toml        so that `dcops -C PLACE archive list` works there, whatever became of the first store
      copy.json         what this folder is, and of which archive
      archive/          readable.git/, sealed/, tip, lock: as in the first store
      keys/             who can open it, and the sealed copies of the site key

Sealed files go first, then the history moves in one step, then `tip`: a copy that was cut off anywhere is a whole,
older archive, and the next run completes it. Nothing at a place is deleted unless a person asks for it
(`pruning`), and no history there is overwritten.
"""
