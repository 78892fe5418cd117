"""For policy authors: examples as tests, rules as prose, scaffolds.

Owns everything that helps to write a rule well. Evaluates nothing itself: `decide` does.
"""
