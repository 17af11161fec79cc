"""The JSON layouts: one parsed object -> `Fields`. Nothing here trusts that a value has the type it should have.

Contacts, officials, locations and the names of responsible persons are never looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from kg.model import Intervention
from kg.sources.fields import Fields, string, strings

# Wrappers that hold records, and the keys under which they do.
_LISTS = ("studies", "FullStudies", "trials", "data")
_SINGLE = ("FullStudiesResponse", "FullStudy", "Study")


def records_in(value: Any) -> Iterator[dict[str, Any] | None]:
    """The records of a parsed JSON value: itself, those of an array, those of an API's envelope.

    None stands for something that is no record. Works off a list, so that depth costs nothing.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif not isinstance(item, dict):
            yield None
        elif layout_of(item):
            yield item
        else:
            inner = next((item[key] for key in _SINGLE if isinstance(item.get(key), dict)), None)
            if inner is None:
                inner = next((item[key] for key in _LISTS if isinstance(item.get(key), list)), None)
            if inner is None:
                yield None
            else:
                waiting.append(inner)


def layout_of(record: dict[str, Any]) -> str:
    """The name of a record's layout, told by its keys; "" where it is none that is known."""
    if "protocolSection" in record or "identificationModule" in record:
        return "api-v2"
    if "ProtocolSection" in record or "IdentificationModule" in record:
        return "full-studies"
    if "nct_id" in record and ("nci_id" in record or "detail_description" in record):
        return "nci-cts"
    if "contextual" in record or ("_id" in record and "metadata" in record):
        return "trialgpt"
    return "scale-row" if "nct_id" in record else ""


def read_fields(record: dict[str, Any]) -> Fields:
    """The fields of a record whose layout is known."""
    return _READERS[layout_of(record)](record)


def _part(record: Any, *path: str) -> dict[str, Any]:
    """A nested object, or an empty one where a partial record lacks it."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record if isinstance(record, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    """A list of objects; a lone object counts as a list of one."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _api_v2(record: dict[str, Any]) -> Fields:
    protocol = _part(record, "protocolSection") or record
    identification = _part(protocol, "identificationModule")
    description = _part(protocol, "descriptionModule")
    status = _part(protocol, "statusModule")
    sponsor = _part(protocol, "sponsorCollaboratorsModule")
    design = _part(protocol, "designModule")
    return Fields(
        layout="api-v2",
        nct=string(identification.get("nctId")),
        brief_title=string(identification.get("briefTitle")),
        official_title=string(identification.get("officialTitle")),
        brief_summary=string(description.get("briefSummary")),
        detailed_description=string(description.get("detailedDescription")),
        conditions=strings(_part(protocol, "conditionsModule").get("conditions")),
        keywords=strings(_part(protocol, "conditionsModule").get("keywords")),
        interventions=tuple(
            Intervention(string(i.get("type")), string(i.get("name")), strings(i.get("otherNames")))
            for i in _objects(_part(protocol, "armsInterventionsModule").get("interventions"))
        ),
        phases=strings(design.get("phases")),
        study_type=string(design.get("studyType")),
        overall_status=string(status.get("overallStatus")),
        sponsor=string(_part(sponsor, "leadSponsor").get("name")),
        sponsor_class=string(_part(sponsor, "leadSponsor").get("class")),
        sponsor_is_person=_part(sponsor, "responsibleParty").get("type") == "SPONSOR_INVESTIGATOR",
        start_date=string(_part(status, "startDateStruct").get("date")),
        version_date=string(_part(record, "derivedSection", "miscInfoModule").get("versionHolder")),
    )


def _full_studies(record: dict[str, Any]) -> Fields:
    protocol = _part(record, "ProtocolSection") or record
    identification = _part(protocol, "IdentificationModule")
    description = _part(protocol, "DescriptionModule")
    status = _part(protocol, "StatusModule")
    sponsor = _part(protocol, "SponsorCollaboratorsModule")
    design = _part(protocol, "DesignModule")
    conditions = _part(protocol, "ConditionsModule")
    given = _part(protocol, "ArmsInterventionsModule", "InterventionList").get("Intervention")
    return Fields(
        layout="full-studies",
        nct=string(identification.get("NCTId")),
        brief_title=string(identification.get("BriefTitle")),
        official_title=string(identification.get("OfficialTitle")),
        brief_summary=string(description.get("BriefSummary")),
        detailed_description=string(description.get("DetailedDescription")),
        conditions=strings(_part(conditions, "ConditionList").get("Condition")),
        keywords=strings(_part(conditions, "KeywordList").get("Keyword")),
        interventions=tuple(
            Intervention(string(i.get("InterventionType")), string(i.get("InterventionName")),
                         strings(_part(i, "InterventionOtherNameList").get("InterventionOtherName")))
            for i in _objects(given)
        ),
        phases=strings(_part(design, "PhaseList").get("Phase")),
        study_type=string(design.get("StudyType")),
        overall_status=string(status.get("OverallStatus")),
        sponsor=string(_part(sponsor, "LeadSponsor").get("LeadSponsorName")),
        sponsor_class=string(_part(sponsor, "LeadSponsor").get("LeadSponsorClass")),
        sponsor_is_person=_part(sponsor, "ResponsibleParty").get("ResponsiblePartyType") == "Sponsor-Investigator",
        start_date=string(_part(status, "StartDateStruct").get("StartDate")),
        version_date=string(_part(record, "DerivedSection", "MiscInfoModule").get("VersionHolder")),
    )  # fmt: skip


def _scale_row(row: dict[str, Any]) -> Fields:
    return Fields(
        layout="scale-row",
        nct=string(row.get("nct_id")),
        brief_title=string(row.get("brief_title")) or string(row.get("title")),
        official_title=string(row.get("official_title")),
        brief_summary=string(row.get("brief_summary")),
        detailed_description=string(row.get("detailed_description")),
        conditions=strings(row.get("conditions")),
        keywords=strings(row.get("keywords")),
        interventions=tuple(
            Intervention(string(i.get("type")), string(i.get("name")), strings(i.get("otherNames")))
            for i in _objects(row.get("interventions"))
        ),
        phases=strings(row.get("phases")),
        study_type=string(row.get("study_type")),
        overall_status=string(row.get("status")),
        sponsor=string(row.get("sponsor")),
        start_date=string(row.get("start_date")),
        tildes=_part(row, "source").get("format") == "trialgpt-corpus-json",
    )


def _nci_cts(trial: dict[str, Any]) -> Fields:
    given = [i for arm in _objects(trial.get("arms")) for i in _objects(arm.get("interventions"))]
    interventions = {
        string(i.get("name")): Intervention(string(i.get("type") or i.get("intervention_type")),
                                            string(i.get("name")), strings(i.get("synonyms")))
        for i in given
    }  # fmt: skip
    # "TREE" marks the ancestors in the thesaurus of what the trial names
    diseases = [d for d in _objects(trial.get("diseases")) if d.get("inclusion_indicator", "TRIAL") == "TRIAL"]
    return Fields(
        layout="nci-cts",
        nct=string(trial.get("nct_id")),
        brief_title=string(trial.get("brief_title")),
        official_title=string(trial.get("official_title")),
        brief_summary=string(trial.get("brief_summary")),
        detailed_description=string(trial.get("detail_description")),
        conditions=tuple(string(d.get("name") or d.get("preferred_name")) for d in diseases),
        keywords=strings(trial.get("keywords")),
        interventions=tuple(interventions.values()),
        phases=strings(trial.get("phase")),
        study_type=string(trial.get("study_protocol_type")),
        overall_status=string(trial.get("current_trial_status")),
        sponsor=string(trial.get("lead_org")),
        start_date=string(trial.get("start_date")),
    )


def _trialgpt(record: dict[str, Any]) -> Fields:
    inner = _part(record, "contextual") or record
    metadata = _part(inner, "metadata")
    return Fields(
        layout="trialgpt",
        nct=string(record.get("trial_id")) or string(inner.get("_id")),
        brief_title=string(metadata.get("brief_title")) or string(inner.get("title")),
        brief_summary=string(metadata.get("brief_summary")),
        detailed_description=string(metadata.get("detailed_description")),
        conditions=_python_list(metadata.get("diseases_list") or metadata.get("diseases")),
        interventions=tuple(
            Intervention("", name) for name in _python_list(metadata.get("drugs_list") or metadata.get("drugs"))
        ),
        phases=strings(metadata.get("phase")),
        tildes=True,
    )


def _python_list(value: Any) -> tuple[str, ...]:
    """A list, or one written out as Python source, read as a literal and never run."""
    if isinstance(value, str) and value.startswith("[") and len(value) < 20_000:
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ()
    return strings(value)


_READERS = {
    "api-v2": _api_v2,
    "full-studies": _full_studies,
    "nci-cts": _nci_cts,
    "trialgpt": _trialgpt,
    "scale-row": _scale_row,
}
