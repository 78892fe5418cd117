"""A caseload as one self-contained page: for reading, for printing, without network or scripts.

Owns the templates, the style sheet and the picture of the week. Shows what is in projected
decisions and nothing else.
"""

from peer_match.surfaces.report.page import report
from peer_match.surfaces.report.week import WeekPicture, week_picture

__all__ = ["WeekPicture", "report", "week_picture"]
