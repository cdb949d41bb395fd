"""Reads `parameters.yaml`."""

from __future__ import annotations

from pathlib import Path

from dcops.audit.parameters import Layer, Parameters
from dcops.audit.reading.samples import parameter_values
from dcops.yamlfile.sections import Mistakes, read


def parameters_of(file: Path, mistakes: Mistakes) -> Parameters:
    """The layers of one file, those for all devices first."""
    section = read(file, mistakes)
    if section is None:
        return Parameters()
    layers = [Layer(parameter_values(section.section("parameters")))]
    for each in section.sections("for"):
        targets = [each.texts(key) for key in ("site", "role", "tags", "device")]
        if not any(targets):
            each.mistake(each.line, "says not for which devices: site, role, tags, device")
        layers.append(Layer(parameter_values(each.section("parameters", must=True)), *targets))
        each.finish()
    section.finish()
    return Parameters(tuple(layers))
