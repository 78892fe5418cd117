"""What lies in the outbox reaches a FHIR server, and what became of it there comes back.

Owns the requests to other servers: which addresses may be called, tokens, what a server can take,
and what each of its answers means. Decides nothing clinical and keeps nothing itself: what was sent
and under which id a server keeps it stands in the records. Must not know pages or commands.

Errors here are codes and numbers. Nothing that a server says in words, and nothing of a resource,
gets into one, because errors are kept and shown.
"""
