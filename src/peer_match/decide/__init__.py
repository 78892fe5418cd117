"""Decisions: pure functions from a policy, facts and a moment to a `Decision`.

Owns screening, scoring, ranking, the plan, and the projection that settles who sees what. Must
not read files, clocks or networks; time enters only as `as_of`.
"""
