"""What the reference validator catches and what it lets through, one planted fault at a time.

Whoever relies on `fhir_validator.errors(resource) == []` can read here what that is worth.
"""

import copy
import json
from pathlib import Path
from typing import Any, Final, TypeAlias

GOOD: Final = Path(__file__).with_name("good")

REMOVED: Final = object()

# What is wrong, in which good resource, where (keys and indexes), the faulty value there, and the
# place at which an error has to say so.
Fault: TypeAlias = tuple[str, str, str, object, str]

# fmt: off
CAUGHT: Final[tuple[Fault, ...]] = (
    ("status that does not exist", "Task", "status", "bogus", "Task.status"),
    ("intent that does not exist", "Task", "intent", "wish", "Task.intent"),
    ("priority that does not exist", "Task", "priority", "high", "Task.priority"),
    ("no status", "Task", "status", REMOVED, "Task"),
    ("no intent", "Task", "intent", REMOVED, "Task"),
    ("owner of a type that owns nothing", "Task", "owner.reference", "Location/1", "Task.owner"),
    ("the same by an absolute address", "Task", "requester.reference",
     "https://ehr.example.org/fhir/Group/1", "Task.requester"),
    ("type that contradicts the address", "Task", "owner.type", "Patient", "Task.owner"),
    ("type of resource that does not exist", "Task", "for.reference", "Bogus/1", "Task.for"),
    ("text for a reference", "Task", "owner.reference", "nonsense", "Task.owner"),
    ("id of 65 characters", "Task", "id", "x" * 65, "Task.id"),
    ("id with an underscore", "Task", "id", "a_b", "Task.id"),
    ("empty object", "Task", "for", {}, "Task.for"),
    ("empty array", "Task", "note", [], "Task.note"),
    ("empty text", "Task", "authoredOn", "", "Task.authoredOn"),
    ("null", "Task", "description", None, "Task.description"),
    ("unknown field", "Task", "colour", "blue", "Task"),
    ("month 13", "Task", "authoredOn", "2026-13-01", "Task.authoredOn"),
    ("30 February", "Task", "authoredOn", "2026-02-30", "Task.authoredOn"),
    ("time without a zone", "Task", "authoredOn", "2026-03-02T09:00:00", "Task.authoredOn"),
    ("changed before it was written", "Task", "lastModified", "2026-03-01T09:00:00Z", "Task"),
    ("zero for a positive number", "Task", "restriction.repetitions", 0,
     "Task.restriction.repetitions"),
    ("fraction for a whole number", "Task", "restriction.repetitions", 1.5,
     "Task.restriction.repetitions"),
    ("text for a number", "Task", "restriction.repetitions", "1", "Task.restriction.repetitions"),
    ("end before start", "Task", "restriction.period.start", "2026-04-01T00:00:00Z",
     "Task.restriction.period"),
    ("input without type", "Task", "input.0.type", REMOVED, "Task.input[0]"),
    ("two values of one choice", "Task", "input.0.valueString", "two", "Task.input[0]"),
    ("object for an array", "Task", "basedOn", {"reference": "CarePlan/1"}, "Task.basedOn"),
    ("code not in a base system", "Task", "code.coding.0.code", "nonsense", "Task.code"),
    ("code not in a system handed in", "Task", "reasonCode.coding.0.code", "telepathy",
     "Task.reasonCode"),
    ("not what a profile handed in asks", "Task", "owner", REMOVED, "Task"),
    ("confidentiality that does not exist", "Task", "meta.security.0.code", "VERY",
     "Task.meta.security[0]"),
    ("script in the narrative", "Task", "text.div",
     '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>', "Task.text.div"),
    ("relative canonical", "Task", "instantiatesCanonical", "PlanDefinition/1",
     "Task.instantiatesCanonical"),
    ("extension without a value", "Task", "extension", [{"url": "https://example.org/x"}],
     "Task.extension[0]"),
    ("extension without a url", "Task", "extension", [{"valueString": "x"}], "Task.extension[0]"),
    ("base extension of a wrong type", "Task", "extension",
     [{"url": "http://hl7.org/fhir/StructureDefinition/task-candidateList", "valueString": "x"}],
     "Task.extension[0]"),
    ("resource that does not exist", "Task", "resourceType", "Tusk", "Tusk"),
    ("status of another resource", "CarePlan", "status", "proposed", "CarePlan.status"),
    ("intent of another resource", "CarePlan", "intent", "filler-order", "CarePlan.intent"),
    ("nobody it is for", "CarePlan", "subject", REMOVED, "CarePlan"),
    ("for a practitioner", "CarePlan", "subject.reference", "Practitioner/1", "CarePlan.subject"),
    ("both detail and reference", "CarePlan", "activity.0.detail", {"status": "scheduled"},
     "CarePlan.activity[0]"),
    ("goal that is no Goal", "CarePlan", "goal.0.reference", "Task/1", "CarePlan.goal[0]"),
    ("reference to nothing contained", "CarePlan", "careTeam.0.reference", "#nobody",
     "CarePlan.careTeam[0]"),
    ("contained and not referred to", "CarePlan", "contained.1",
     {"resourceType": "CareTeam", "id": "unused"}, "CarePlan.contained[1]"),
    ("contained without id", "CarePlan", "contained.0.id", REMOVED, "CarePlan.careTeam[0]"),
    ("array for one value", "CarePlan", "author", [{"reference": "Practitioner/1"}],
     "CarePlan.author"),
    ("number for a date", "CarePlan", "created", 20260302, "CarePlan.created"),
    ("note without text", "CarePlan", "note.0.text", REMOVED, "CarePlan.note[0]"),
    ("system with blanks", "CarePlan", "category.0.coding.0.system", "not absolute",
     "CarePlan.category[0].coding[0].system"),
    ("language that does not exist", "CarePlan", "language", "klingonese", "CarePlan.language"),
    ("status that does not exist", "Goal", "lifecycleStatus", "draft", "Goal.lifecycleStatus"),
    ("no description", "Goal", "description", REMOVED, "Goal"),
    ("for a practitioner", "Goal", "subject.reference", "Practitioner/1", "Goal.subject"),
    ("detail without measure", "Goal", "target.0.measure", REMOVED, "Goal.target[0]"),
    ("due both on a day and after a time", "Goal", "target.0.dueDuration", {"value": 1},
     "Goal.target[0]"),
    ("comparator that does not exist", "Goal", "target.0.detailQuantity.comparator", "=>",
     "Goal.target[0].detail.ofType(Quantity).comparator"),
    ("unit that does not exist", "Goal", "target.0.detailQuantity.code", "fortnight",
     "Goal.target[0].detail.ofType(Quantity)"),
    ("unit code without system", "Goal", "target.0.detailQuantity.system", REMOVED,
     "Goal.target[0].detail.ofType(Quantity)"),
    ("not a number", "Goal", "target.0.detailQuantity.value", float("nan"),
     "Goal.target[0].detail[x]"),
    ("time where a day belongs", "Goal", "startDate", "2026-03-02T09:00:00Z",
     "Goal.start.ofType(date)"),
    ("achievement that does not exist", "Goal", "achievementStatus.coding.0.code", "nearly",
     "Goal.achievementStatus"),
    ("status of another resource", "ServiceRequest", "status", "planned", "ServiceRequest.status"),
    ("no subject", "ServiceRequest", "subject", REMOVED, "ServiceRequest"),
    ("detail without code", "ServiceRequest", "code", REMOVED, "ServiceRequest"),
    ("performed by a place", "ServiceRequest", "performer.0.reference", "Location/1",
     "ServiceRequest.performer[0]"),
    ("because of a goal", "ServiceRequest", "reasonReference.0.reference", "Goal/1",
     "ServiceRequest.reasonReference[0]"),
    ("period without unit", "ServiceRequest", "occurrenceTiming.repeat.periodUnit", REMOVED,
     "ServiceRequest.occurrence.ofType(Timing).repeat"),
    ("day that does not exist", "ServiceRequest", "occurrenceTiming.repeat.dayOfWeek.0", "tuesday",
     "ServiceRequest.occurrence.ofType(Timing).repeat.dayOfWeek[0]"),
    ("hour without seconds", "ServiceRequest", "occurrenceTiming.repeat.timeOfDay", ["18:30"],
     "ServiceRequest.occurrence.ofType(Timing).repeat.timeOfDay[0]"),
    ("text for a truth value", "ServiceRequest", "doNotPerform", "false",
     "ServiceRequest.doNotPerform"),
    ("about nothing", "Provenance", "target", REMOVED, "Provenance"),
    ("by nobody", "Provenance", "agent", REMOVED, "Provenance"),
    ("agent who is nobody", "Provenance", "agent.0.who", REMOVED, "Provenance.agent[0]"),
    ("agent that is a place", "Provenance", "agent.0.who.reference", "Location/1",
     "Provenance.agent[0].who"),
    ("day for an instant", "Provenance", "recorded", "2026-03-02", "Provenance.recorded"),
    ("role that does not exist", "Provenance", "entity.0.role", "origin",
     "Provenance.entity[0].role"),
    ("activity that does not exist", "Provenance", "activity.coding.0.code", "INVENT",
     "Provenance.activity"),
    ("policy that is no address", "Provenance", "policy.0", "not a uri", "Provenance.policy[0]"),
    ("two items with one id", "Questionnaire", "item.1.linkId", "format", "Questionnaire"),
    ("type that does not exist", "Questionnaire", "item.0.type", "select",
     "Questionnaire.item[0].type"),
    ("depends on no item", "Questionnaire", "item.2.enableWhen.0.question", "nobody",
     "Questionnaire.item[2]"),
    ("options for a yes or no", "Questionnaire", "item.1.answerOption", [{"valueInteger": 1}],
     "Questionnaire.item[1]"),
    ("options twice over", "Questionnaire", "item.0.answerValueSet", "https://example.org/v",
     "Questionnaire.item[0]"),
    ("subject that does not exist", "Questionnaire", "subjectType.0", "Person2",
     "Questionnaire.subjectType[0]"),
    ("status that does not exist", "QuestionnaireResponse", "status", "done",
     "QuestionnaireResponse.status"),
    ("answer to no question", "QuestionnaireResponse", "item.0.linkId", "nonsense",
     "QuestionnaireResponse"),
    ("answer of another type", "QuestionnaireResponse", "item.2.answer.0", {"valueString": "30"},
     "QuestionnaireResponse.item[2].answer[0].value.ofType(string)"),
    ("answer not on offer", "QuestionnaireResponse", "item.0.answer.0.valueCoding.code",
     "telepathy", "QuestionnaireResponse.item[0].answer[0]"),
    ("required answer missing", "QuestionnaireResponse", "item.0", REMOVED,
     "QuestionnaireResponse"),
    ("two answers to one question", "QuestionnaireResponse", "item.2.answer.1", {"valueInteger": 4},
     "QuestionnaireResponse.item[2]"),
    ("answer to what was not asked", "QuestionnaireResponse", "item.1.answer.0.valueBoolean", False,
     "QuestionnaireResponse.item[2]"),
    ("answered by a device", "QuestionnaireResponse", "source.reference", "Device/1",
     "QuestionnaireResponse.source"),
    ("type that does not exist", "Bundle", "type", "transactions", "Bundle.type"),
    ("fullUrl that is relative", "Bundle", "entry.0.fullUrl", "CarePlan/1", "Bundle.entry[0]"),
    ("fullUrl that is no uuid", "Bundle", "entry.0.fullUrl", "urn:uuid:1",
     "Bundle.entry[0].fullUrl"),
    ("fullUrl of another resource", "Bundle", "entry.0.fullUrl", "https://example.org/Goal/1",
     "Bundle.entry[0]"),
    ("fullUrl used twice", "Bundle", "entry.1.fullUrl",
     "urn:uuid:5b0c9b1e-0b64-5d7a-9a55-7c9a0d3f1a01", "Bundle"),
    ("no fullUrl", "Bundle", "entry.0.fullUrl", REMOVED, "Bundle.entry[0]"),
    ("no request", "Bundle", "entry.0.request", REMOVED, "Bundle"),
    ("method that does not exist", "Bundle", "entry.0.request.method", "post",
     "Bundle.entry[0].request.method"),
    ("request without url", "Bundle", "entry.0.request.url", REMOVED, "Bundle.entry[0].request"),
    ("response in a transaction", "Bundle", "entry.0.response", {"status": "201"}, "Bundle"),
    ("search in a transaction", "Bundle", "entry.0.search", {"mode": "match"}, "Bundle"),
    ("total in a transaction", "Bundle", "total", 3, "Bundle"),
    ("goal that is a Task of the same bundle", "Bundle", "entry.0.resource.goal.0.reference",
     "urn:uuid:5b0c9b1e-0b64-5d7a-9a55-7c9a0d3f1a03",
     "Bundle.entry[0].resource/*CarePlan/null*/.goal[0]"),
    ("goal that no entry holds", "Bundle", "entry.0.resource.goal.0.reference",
     "urn:uuid:00000000-0000-4000-8000-000000000000",
     "Bundle.entry[0].resource/*CarePlan/null*/.goal[0]"),
    ("fault inside an entry", "Bundle", "entry.2.resource.status", "bogus",
     "Bundle.entry[2].resource/*Task/null*/.status"),
    ("reference to no type inside an entry", "Bundle", "entry.2.resource.basedOn.0.reference",
     "Bogus/1", "Bundle.entry[2].resource/*Task/null*/.basedOn[0]"),
    ("search of no type inside an entry", "Bundle", "entry.2.resource.for.reference",
     "Bogus?identifier=https://example.org/people|1",
     "Bundle.entry[2].resource/*Task/null*/.for"),
    ("entry of no type", "Bundle", "entry.0.resource.resourceType", REMOVED,
     "Bundle.entry[0].resource"),
)

# What no error points out, because the base specification allows it or it cannot be looked up here.
# The last column is where something milder is said; empty where nothing is said at all.
NOT_CAUGHT: Final[tuple[Fault, ...]] = (
    ("code of a system not handed in", "Task", "businessStatus.coding.0.code", "nonsense",
     "Task.businessStatus"),
    ("code of SNOMED CT", "ServiceRequest", "code.coding.0.code", "1", ""),
    ("profile not handed in", "Task", "meta.profile.0", "https://example.org/none",
     "Task.meta.profile[0]"),
    ("extension not handed in", "Task", "extension",
     [{"url": "https://example.org/none", "valueString": "x"}], "Task.extension[0]"),
    ("modifier extension not handed in", "Task", "modifierExtension",
     [{"url": "https://example.org/none", "valueString": "x"}], "Task.modifierExtension[0]"),
    ("questionnaire not handed in", "QuestionnaireResponse", "questionnaire",
     "https://example.org/none", "QuestionnaireResponse"),
    ("no narrative", "Task", "text", REMOVED, "Task"),
    ("narrative that says something else", "Task", "text.div",
     '<div xmlns="http://www.w3.org/1999/xhtml">Nothing to do</div>', ""),
    ("text of blanks", "Task", "description", " ", "Task.description"),
    ("nobody it is for", "Task", "for", REMOVED, ""),
    ("existing type where it makes no sense", "Task", "focus.reference", "Binary/1", ""),
    ("name that is no name", "Questionnaire", "name", "my intake", "Questionnaire"),
    ("request to another type than the resource's", "Bundle", "entry.1.request.url", "Task", ""),
    ("search of a wrong type inside an entry", "Bundle", "entry.0.resource.subject.reference",
     "Location?identifier=https://example.org/people|1", ""),
    ("identifier searched for that no resource has", "Bundle", "entry.0.request.ifNoneExist",
     "identifier=none", ""),
)
# fmt: on


def good(resource: str) -> dict[str, Any]:
    """A valid resource of that type, as JSON that may be changed."""
    return json.loads((GOOD / f"{resource}.json").read_text(encoding="utf-8"))


def with_fault(fault: Fault) -> dict[str, Any]:
    """The good resource with one thing in it changed, added or removed."""
    _, resource, path, value, _ = fault
    faulty = good(resource)
    steps: list[Any] = [int(step) if step.isdigit() else step for step in path.split(".")]
    *parents, last = steps
    place: Any = faulty
    for step in parents:
        place = place[step]
    if value is REMOVED:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(copy.deepcopy(value))
    else:
        place[last] = copy.deepcopy(value)
    return faulty
