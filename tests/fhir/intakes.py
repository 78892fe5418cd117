"""What tests of the intake share: the form, and answers to it."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from peer_match.facts.patient import Patient
from peer_match.fhir.intake import questionnaire, read_intake
from peer_match.fhir.read import PatientReading
from peer_match.policy.rule_files import IntakeItemShape

from .records import ROOT, about, the_patient, vocabularies

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
RECIPIENTS = {"mentor": "A mentor", "group": "A group"}
CATEGORIES = {"schedule": "When the person is free", "health": "Goals"}


@cache
def items() -> tuple[IntakeItemShape, ...]:
    content = yaml.load(
        (ROOT / "rules" / "intake.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return tuple(IntakeItemShape(**one) for one in content["items"])


def form() -> dict[str, Any]:
    return questionnaire(items(), vocabularies(), recipients=RECIPIENTS, categories=CATEGORIES)


def chosen(code: str, **more: Any) -> dict[str, Any]:
    return {"valueCoding": {"code": code}, **more}


def item(link: str, *answers: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": f"patient.{link}", "answer": list(answers)}


def group(link: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": f"patient.{link}", "item": list(parts)}


def response(*answered: dict[str, Any], **more: Any) -> dict[str, Any]:
    me = {"reference": "Patient/p"}
    content = {"status": "completed", "authored": "2026-05-20T09:00:00Z", "source": me, **more}
    return about("QuestionnaireResponse", item=list(answered), **content)


def merge(data: Any, patient: Patient | None = None) -> PatientReading:
    return read_intake(
        data,
        name="intake",
        items=items(),
        vocabularies=vocabularies(),
        patient=patient or the_patient(),
    )


def merged(*answered: dict[str, Any], into: Patient | None = None, **more: Any) -> Patient:
    found = merge(response(*answered, **more), into).patient
    assert found is not None
    return found
