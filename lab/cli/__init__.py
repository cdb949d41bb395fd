"""Devices with a command line that are little more than their transcripts: NX-OS, ProCurve, Fabric OS."""
