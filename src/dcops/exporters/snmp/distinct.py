"""Rows that carry the same labels, told apart: Prometheus refuses a whole scrape that says one series twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dcops.snmp import oid

Labels = Mapping[str, str]


def distinct(named: Mapping[bytes, Labels], changeable: Collection[str]) -> Mapping[bytes, Labels]:
    """The labels of each row, with its index in the first label where other rows have the same.

    All rows that are alike get it, not only the later ones: otherwise the first one's series would pass to the second
    when the first goes away. `changeable` are the labels that say which row it is.
    """
    rows: dict[tuple[str, ...], list[bytes]] = {}
    for row, labels in named.items():
        rows.setdefault(tuple(labels.values()), []).append(row)
    if len(rows) == len(named):
        return named
    alike = {row for same in rows.values() if len(same) > 1 for row in same}
    return {row: _numbered(labels, row, changeable) if row in alike else labels for row, labels in named.items()}


def _numbered(labels: Labels, row: bytes, changeable: Collection[str]) -> Labels:
    for name in labels:
        if name in changeable:
            return {**labels, name: f"{labels[name]} #{oid.index(row)}".lstrip()}
    return labels
