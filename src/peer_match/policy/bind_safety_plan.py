"""From `safety_plan.yaml` to a form whose every name means something."""

from __future__ import annotations

from collections.abc import Iterator

from peer_match.policy.diagnostics import Position, error, listed, meant, quote
from peer_match.policy.nodes import Scalar, node_at
from peer_match.policy.rule import Citation
from peer_match.policy.rule_parts import RuleParts
from peer_match.policy.safety_plan import PlanForm, promise_in
from peer_match.policy.safety_plan_files import STEPS, SafetyPlanFile

ROLES = "override-role"


class SafetyPlanParts(RuleParts):
    """Binds the safety plan of a pack."""

    def bind(self) -> None:
        """Add the form to the assembly, or the problems for which it cannot be used."""
        shape = self.file.shape
        assert isinstance(shape, SafetyPlanFile)
        self._check_sources(shape)
        self._known_in(ROLES, "made_by")
        within = self._span("review_within", clock=True)
        mended = self._span("mended_within", clock=True)
        self._check_events(shape)
        self._check_steps(shape)
        self._check_promises(shape)
        if self._refused() or within is None or mended is None:
            return
        self.assembly.plan_form = PlanForm(
            id=self.file.id,
            title=shape.title,
            opening=shape.opening,
            sources=tuple(
                Citation(one.cite, one.finding, self.assembly.sources[one.cite].status)
                for one in shape.source
            ),
            made_by=shape.made_by,
            privacy=shape.privacy,
            review=shape.review,
            review_after=tuple(shape.review_after),
            review_within=within,
            mended_within=mended,
            priority=shape.priority,
            priority_if_pressing=shape.priority_if_pressing,
            no_promises=tuple(shape.no_promises),
            steps=tuple(shape.steps),
        )

    def _check_sources(self, shape: SafetyPlanFile) -> None:
        for number, one in enumerate(shape.source):
            if one.cite not in self.assembly.sources:
                self._tell("PM401", f"{quote(one.cite)} is not in `sources.yaml`",
                           meant(one.cite, self.assembly.sources, "sources"),
                           "source", number, "cite")  # fmt: skip

    def _check_events(self, shape: SafetyPlanFile) -> None:
        events = self.assembly.events
        if shape.review not in events.obligations and shape.review not in events.at_fault:
            self._tell("PM221", f"no obligation is called {quote(shape.review)}",
                       meant(shape.review, events.obligations, "obligations"), "review"
                       )  # fmt: skip
        for number, name in enumerate(shape.review_after):
            if name not in events.kinds:
                self._tell("PM221", f"no kind of event is called {quote(name)}",
                           meant(name, events.kinds, "kinds"), "review_after", number)  # fmt: skip

    def _check_steps(self, shape: SafetyPlanFile) -> None:
        names = [one.step for one in shape.steps]
        for number, name in enumerate(names):
            if name not in STEPS:
                self._tell("PM342", f"{quote(name)} is no step of a safety plan",
                           meant(name, STEPS, "steps"), "steps", number, "step")  # fmt: skip
            elif name in names[:number]:
                self._tell("PM342", f"the step {quote(name)} is there twice",
                           "keep one of the two", "steps", number, "step")  # fmt: skip
        missing = [one for one in STEPS if one not in names]
        if missing:
            self._tell("PM342", f"the plan lacks the step {listed(missing, 'and')}",
                       "a safety plan has all six steps", "steps")  # fmt: skip
        known = [one for one in names if one in STEPS]
        if not missing and len(known) == len(STEPS) and known != [*STEPS]:
            first = next(place for place, one in enumerate(known) if one != STEPS[place])
            self._tell("PM342", f"{quote(known[first])} stands where {quote(STEPS[first])} belongs",
                       "put the steps in their order: each follows where the one before it does "
                       "not help enough", "steps", names.index(known[first]), "step")  # fmt: skip

    def _check_promises(self, shape: SafetyPlanFile) -> None:
        for node in self._worded(len(shape.steps)):
            found = promise_in(node.text, shape.no_promises)
            if found is not None:
                self._tell_at(
                    "PM343", f"{quote(found)} asks for a promise", node.position,
                    "ask what helps; whoever promises not to is not safer for it",
                )  # fmt: skip

    def _worded(self, steps: int) -> Iterator[Scalar]:
        paths: list[tuple[str | int, ...]] = [("title",), ("opening",)]
        paths += [("steps", number, key) for number in range(steps)
                  for key in ("title", "asks", "help")]  # fmt: skip
        for path in paths:
            node = node_at(self.file.node, path)
            if isinstance(node, Scalar):
                yield node

    def _tell(self, code: str, message: str, help: str, *path: str | int) -> None:
        found = node_at(self.file.node, path)
        self._tell_at(code, message, self.file.node.position if found is None else found.position,
                      help)  # fmt: skip

    def _tell_at(self, code: str, message: str, position: Position, help: str) -> None:
        self.problems.append(error(code, message, position, help))
