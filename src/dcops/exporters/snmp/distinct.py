"""Rows that carry the same labels, told apart: Prometheus refuses a whole scrape that says one series twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dcops.snmp import oid

Labels = Mapping[str, str]


def distinct(named: Mapping[bytes, Labels], changeable: Collection[str]) -> Mapping[bytes, Labels]:
    """The labels of each row, with its index in the first label where other rows have the same.

    All rows that are alike get it, not only the later ones: otherwise the first one's series would pass to the second
    when the first goes away. `changeable` are the labels that say which row it is; without any of them only the first
    row stays.
    """
    rows: dict[tuple[str, ...], list[bytes]] = {}
    for row, labels in named.items():
        rows.setdefault(tuple(labels.values()), []).append(row)
    if len(rows) == len(named):
        return named
    apart = {}
    for row, labels in named.items():
        same = rows[tuple(labels.values())]
        name = next((name for name in labels if name in changeable), "")
        if len(same) == 1 or (not name and row == same[0]):
            apart[row] = labels
        elif name:
            apart[row] = {**labels, name: f"{labels[name]} #{oid.index(row)}".lstrip()}
    return apart
