"""Filters of the property collector: which properties of which objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyVmomi import VmomiSupport, vim, vmodl

from dcops.vsphere.answers.schema import VIM
from dcops.vsphere.watched import Paths

_Collector = vmodl.query.PropertyCollector


def kinds(names: Iterable[str]) -> list[type]:
    """pyvmomi's classes of kinds of objects."""
    return [VmomiSupport.GetWsdlType(VIM[1:-1], name) for name in names]


def of_view(view: str, paths: Paths) -> Any:
    """Of everything that a container view shows."""
    through = _Collector.TraversalSpec(name="view", path="view", skip=False, type=vim.view.ContainerView)
    start = _Collector.ObjectSpec(obj=vim.view.ContainerView(view), skip=True, selectSet=[through])
    return _Collector.FilterSpec(objectSet=[start], propSet=_properties(paths))


def of_objects(objects: Iterable[tuple[str, str]], paths: Paths) -> Any:
    """Of single objects, each given as its kind and moid. Those that are gone are left out without a word."""
    starts = []
    for name, moid in objects:
        (kind,) = kinds([name])
        starts.append(_Collector.ObjectSpec(obj=kind(moid), skip=False))
    return _Collector.FilterSpec(objectSet=starts, propSet=_properties(paths), reportMissingObjectsInResults=True)


def _properties(paths: Paths) -> list[Any]:
    return [
        _Collector.PropertySpec(type=kind, all=False, pathSet=list(paths[name]))
        for name, kind in zip(paths, kinds(paths), strict=True)
    ]
