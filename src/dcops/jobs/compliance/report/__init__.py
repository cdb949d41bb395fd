"""The report of an audit: what it says of a result, and the forms it is written in.

content     AuditResult -> Report: what stands on the page, worst first
page, sheet Report -> HTML and CSV, in the reader's language; `document` beside this package is the JSON
"""
