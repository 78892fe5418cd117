"""FHIR R4 in and out.

Owns the way from FHIR resources to facts and from decisions to FHIR resources. The only room that
may import `fhir.resources`. Decides nothing: no comparison of clinical values lives here.
"""
