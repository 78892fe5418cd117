"""What must never be lost: what happened, what was decided, who was called by when, who answered.

Owns the tables, the one transaction in which they change together, the deadlines of escalations and
the outbox of what is to be sent. Decides nothing and sends nothing: it keeps what it is given, and
hands out what is due. Must not know FHIR, HTTP or pages, and reads no clock: every call says `now`.
"""
