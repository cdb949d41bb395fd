"""Who did what, when, from where, to which device and with what result: written once, changed never."""
