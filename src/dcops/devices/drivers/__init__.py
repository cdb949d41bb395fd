"""One module per platform: NAPALM drivers that can also give their configurations byte for byte."""
