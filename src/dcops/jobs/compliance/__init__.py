"""The audit of compliance: captures what rules may read, has it judged, and keeps what came of it.

capture/    archive or device -> Source, with time and origin
judging/    Source -> Finding, in processes that can be ended
run         all of it, once
result      what reports are made of
"""

NAME = "compliance"
