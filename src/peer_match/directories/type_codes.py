"""The type codes of the public formats: what is none of them may be a limit that nobody here knows.

A code that is not in its format's list leaves open whom a meeting is for, even where the others are
known.
"""

from __future__ import annotations

_MEETING_GUIDE = """
    11 12x12 A ABSI AF AL AL-AN AM AR ASL B BA BE BG BI BRK C CAN CF D DA DB DD DE DR EL EN FA
    FF FI FR G GR H HE HI HR HU IS ITA JA KA KOR L LGBTQ LIT LS LT M MED ML MT N NB NDG NE NL NO
    O ONL OUT P POA POC POL POR PUN RUS S SEN SK SL SM SP ST SV T TC TH TL TR TUR UK W X XB XT Y
"""
MEETING_GUIDE = frozenset(_MEETING_GUIDE.split())
"""The specification's list (github.com/code4recovery/spec, data/types.json), and `ONL`."""

_BMLT = """
    AB B BK BL BT C CH CL CP CS CW D ES FD GL HY ID IL IP IW JT LC M ME NC NS O OE Pi QA RF Rr
    SC SD SG SL So St TC TW Ti To Tr VM W WC YP
"""
BMLT = frozenset(_BMLT.split())
"""The key strings of an English BMLT server, and the three of how to attend."""
