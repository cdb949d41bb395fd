"""vCenters of the lab: a program in Go that holds an estate, counts what it is asked, and fails on request."""

from lab.vsphere.process import Broken, Simulator, serve
from lab.vsphere.program import why_not

__all__ = ["Broken", "Simulator", "serve", "why_not"]
