"""Which FHIR version a resource is written in, by the shapes that other versions have.

R4 models accept many STU3 and R5 resources without a word, and would then read them wrongly. So
the signs of both are looked for here, and one is enough to refuse.
"""

from __future__ import annotations

from peer_match.fhir.read_element import Element

R4_RELEASES = ("4.0", "4.1", "4.3")
"""4.3 is R4B, which has the same shapes wherever this room reads."""

_STU3, _R5 = "FHIR STU3 or DSTU2", "FHIR R5"

_TYPES_OF_OTHERS = {
    **dict.fromkeys(
        (
            "BodySite", "Conformance", "Contraindication", "DataElement", "DeviceComponent",
            "DeviceUseRequest", "DiagnosticOrder", "DiagnosticRequest", "EligibilityRequest",
            "EligibilityResponse", "ExpansionProfile", "ImagingManifest", "ImagingObjectSelection",
            "MedicationOrder", "NutritionRequest", "Order", "OrderResponse", "ProcedureRequest",
            "ProcessRequest", "ProcessResponse", "ReferralRequest", "Sequence", "ServiceDefinition",
        ),
        _STU3,
    ),
    **dict.fromkeys(
        (
            "ActorDefinition", "ArtifactAssessment", "BiologicallyDerivedProductDispense",
            "ConditionDefinition", "DeviceAssociation", "DeviceDispense", "DeviceUsage",
            "EncounterHistory", "FormularyItem", "GenomicStudy", "ImagingSelection",
            "InventoryItem", "InventoryReport", "NutritionIntake", "Permission",
            "RequestOrchestration", "Requirements", "TestPlan", "Transport",
        ),
        _R5,
    ),
}  # fmt: skip

# Children that a resource of this type has in one other version only.
_CHILDREN_OF_OTHERS: dict[str, dict[str, tuple[str, ...]]] = {
    "Patient": {_STU3: ("animal",)},
    "Condition": {_STU3: ("assertedDate", "context"), _R5: ("participant",)},
    "Observation": {
        _STU3: ("comment", "context", "related"),
        _R5: ("triggeredBy", "bodyStructure", "instantiatesReference"),
    },
    "MedicationRequest": {
        _STU3: ("context", "definition"),
        _R5: ("medication", "device", "renderedDosageInstruction"),
    },
    "MedicationStatement": {
        _STU3: ("taken", "reasonNotTaken", "wasNotTaken"),
        _R5: ("medication", "renderedDosageInstruction", "adherence"),
    },
    "Consent": {
        _STU3: ("consentingParty", "except", "actor", "data", "dataPeriod", "recipient"),
        _R5: ("grantor", "grantee", "decision", "subject", "regulatoryBasis"),
    },
    "QuestionnaireResponse": {_STU3: ("context", "parent")},
    "CareTeam": {_STU3: ("context",)},
    "CarePlan": {_STU3: ("context", "definition")},
    "Goal": {_STU3: ("status",), _R5: ("acceptance",)},
    "Encounter": {
        _STU3: ("incomingReferral", "reason"),
        _R5: ("actualPeriod", "plannedStartDate", "admission", "virtualService"),
    },
    "Procedure": {_STU3: ("context", "notDone", "definition"), _R5: ("recorded", "focus")},
}

# Children that have another shape in another version: text, a list or an object there.
_SHAPES_OF_OTHERS: dict[tuple[str, str], tuple[type, str]] = {
    ("Condition", "clinicalStatus"): (str, _STU3),
    ("Condition", "verificationStatus"): (str, _STU3),
    ("AllergyIntolerance", "clinicalStatus"): (str, _STU3),
    ("AllergyIntolerance", "type"): (dict, _R5),
    ("CareTeam", "participant.role"): (dict, _STU3),
    ("Consent", "category"): (dict, _STU3),
    ("Consent", "provision"): (list, _R5),
    ("Consent", "policyRule"): (str, _STU3),
    ("Encounter", "class"): (list, _R5),
    ("QuestionnaireResponse", "questionnaire"): (dict, _STU3),
    ("ServiceRequest", "code.concept"): (dict, _R5),
}


def other_version(resource: Element, type: str) -> tuple[str, str] | None:
    """The version that a resource is written in and the path that shows it; None for R4."""
    for stated in (resource["fhirVersion"], resource["meta"]["fhirVersion"]):
        version = stated.value
        if isinstance(version, str) and not version.startswith(R4_RELEASES):
            return f"FHIR {version}", stated.path
    if type in _TYPES_OF_OTHERS:
        return _TYPES_OF_OTHERS[type], f"{resource.path}.resourceType"
    for version, names in _CHILDREN_OF_OTHERS.get(type, {}).items():
        for name in names:
            if resource[name]:
                return version, resource[name].path
    for (owner, path), (shape, version) in _SHAPES_OF_OTHERS.items():
        if owner == type and isinstance((found := _silently(resource, path)).value, shape):
            return version, found.path
    return None


def _silently(resource: Element, path: str) -> Element:
    """The element at a path, passing through the first element of lists, without any note."""
    here = resource
    for name in path.split("."):
        value = here.value
        if isinstance(value, list) and value:
            here = Element(value[0], f"{here.path}[0]", here.notes)  # pyright: ignore[reportUnknownArgumentType]
        if not isinstance(here.value, dict):
            return Element(None, here.path, here.notes)
        here = here[name]
    return here
