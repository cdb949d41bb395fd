"""Checks that are written in Python, one topic in each module; `dcops.audit.catalog` lists them by hand."""
