"""Configurations that are XML: parsed without trust, written so that only a change changes the text."""
