"""Who sees what: a decision as one recipient may see it, denied by default.

Steps:
1. Which kinds of fact the recipient sees: those of the pack's disclosure table that need no
   consent, and those for which a valid consent names the recipient and the kind.
2. A target that is kept apart by a rule shown as plain unavailability becomes exactly that, with
   nothing else said of it: a conflict and a full group look the same in every byte.
3. What a rule said is kept only where every fact it read may be seen. Scores are kept only where
   every rule behind them may be seen.
4. A fact that may not be seen keeps its name's subject kind and the basis of withholding; a fact
   that nothing visible refers to is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from peer_match.decide.decision import (
    Change,
    Decision,
    DraftPlan,
    PersonRef,
    PlanTask,
    Question,
    Reading,
    RuleRef,
    Score,
    Screening,
    Shortlist,
    Suggestion,
)
from peer_match.facts.catalogue import CATALOGUE
from peer_match.facts.consent import Consent, ConsentState, ConsentUse
from peer_match.facts.provenance import Moment
from peer_match.policy.policy import Policy
from peer_match.policy.rule_files import RecipientShape

UNAVAILABLE = "unavailable"
"""The neutral code for a target that is not available, whatever the reason."""
