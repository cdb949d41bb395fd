"""The rules that ship, read once."""

from datetime import date
from functools import cache

from dcops.audit.library import load
from dcops.templates.find import data_folder


@cache
def library():
    return load(data_folder("compliance"), None, date(2026, 1, 15))
