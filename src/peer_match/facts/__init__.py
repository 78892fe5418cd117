"""What is known about people, groups and mentors.

Owns the facts themselves: every fact says where it came from and when it was so, and a fact that is
not known says why. Must not know FHIR, rules or decisions: nothing here weighs or compares.
"""
