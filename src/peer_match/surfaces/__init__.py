"""Where people and other programs meet the engine: the command line, the report, later services.

Owns how a decision looks. Must not know how one is made: nothing here compares clinical values.
"""
