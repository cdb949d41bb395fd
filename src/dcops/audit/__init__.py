"""Judges what was captured by rules that people wrote. It only thinks: no network, no database, no process, no clock.

reading   compliance/*.yaml -> Rule, every mistake with file and line
tree/     a captured text or mapping -> something that can be asked, or why it cannot
scope/    where a rule looks      kinds/   what it asks for there
judge     rules x devices -> findings; a result for every pair
"""
