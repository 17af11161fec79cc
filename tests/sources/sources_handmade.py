"""One made-up record, written in every layout that is read."""

from __future__ import annotations

import json
from pathlib import Path

from kg.model import Document, Reject
from kg.sources.read import read_records

NCT = "NCT09999901"
TITLE = "Drugatinib in Advanced Madeupoma"
OFFICIAL = "A Phase 2 Study of Drugatinib in Patients With Advanced Madeupoma"
SUMMARY = "Drugatinib inhibits EGFR and TGF-β. We think that it may help patients with madeupoma."
DETAILS = "Madeupoma is rare (1.5%).\n\nEGFR drives it; drugatinib blocks EGFR in mice."
CONDITIONS = ("Madeupoma",)
KEYWORDS = ("EGFR", "rare tumour")
SPONSOR = "University of Nowhere"


def api_v2(nct: str = NCT, **description: str) -> dict:
    """The record as API v2 JSON, with contacts that must not be read."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": TITLE, "officialTitle": OFFICIAL},
            "statusModule": {"overallStatus": "NOT_YET_RECRUITING", "startDateStruct": {"date": "2024-10"}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": SPONSOR, "class": "OTHER"}},
            "descriptionModule": description or {"briefSummary": SUMMARY, "detailedDescription": DETAILS},
            "conditionsModule": {"conditions": list(CONDITIONS), "keywords": list(KEYWORDS)},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE1", "PHASE2"]},
            "armsInterventionsModule": {
                "interventions": [{"type": "DRUG", "name": "Drugatinib", "otherNames": ["DRG-001"]}]
            },
            "contactsLocationsModule": {
                "centralContacts": [{"name": "Ada Secret", "phone": "310-555-0100", "email": "ada@secret.example"}],
                "overallOfficials": [{"name": "Bob Secret, MD", "affiliation": SPONSOR}],
            },
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2024-10-26"}},
    }


def full_studies(nct: str = NCT) -> dict:
    """The record as the legacy full-studies API wrote it, in its envelope."""
    protocol = {
        "IdentificationModule": {"NCTId": nct, "BriefTitle": TITLE, "OfficialTitle": OFFICIAL},
        "StatusModule": {"OverallStatus": "Not yet recruiting", "StartDateStruct": {"StartDate": "October 2024"}},
        "SponsorCollaboratorsModule": {"LeadSponsor": {"LeadSponsorName": SPONSOR, "LeadSponsorClass": "OTHER"}},
        "DescriptionModule": {"BriefSummary": SUMMARY, "DetailedDescription": DETAILS},
        "ConditionsModule": {
            "ConditionList": {"Condition": "Madeupoma"}, "KeywordList": {"Keyword": list(KEYWORDS)},
        },
        "DesignModule": {"StudyType": "Interventional", "PhaseList": {"Phase": ["Phase 1/Phase 2"]}},
        "ArmsInterventionsModule": {"InterventionList": {"Intervention": [{
            "InterventionType": "Drug", "InterventionName": "Drugatinib",
            "InterventionOtherNameList": {"InterventionOtherName": ["DRG-001"]},
        }]}},
        "ContactsLocationsModule": {"CentralContactList": {"CentralContact": [{"CentralContactName": "Ada Secret"}]}},
    }  # fmt: skip
    study = {"ProtocolSection": protocol, "DerivedSection": {"MiscInfoModule": {"VersionHolder": "October 26, 2024"}}}
    return {"FullStudiesResponse": {"APIVrs": "1.01", "NStudiesReturned": 1,
                                    "FullStudies": [{"Rank": 1, "Study": study}]}}  # fmt: skip


def xml(nct: str = NCT, *, summary: str = SUMMARY, details: str = DETAILS, first: str = "") -> str:
    """The record as legacy XML, filled to a narrow line and indented as that format does."""

    def block(text: str) -> str:
        words = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n\n", " \0 ").split(" ")
        lines = ["      "]
        for word in words:
            if word == "\0":
                lines += ["", "      "]
            elif len(lines[-1]) + len(word) > 40:
                lines.append("      " + word)
            else:
                lines[-1] += ("" if lines[-1].isspace() else " ") + word
        return "\n" + "\n".join(lines) + "\n    "

    return f"""<?xml version="1.0" encoding="UTF-8"?>
{first}<clinical_study>
  <required_header><download_date>ClinicalTrials.gov processed this data on October 26, 2024</download_date>
  </required_header>
  <id_info><org_study_id>X-1</org_study_id><nct_id>{nct}</nct_id></id_info>
  <brief_title>{TITLE}</brief_title>
  <official_title>{OFFICIAL}</official_title>
  <sponsors><lead_sponsor><agency>{SPONSOR}</agency><agency_class>Other</agency_class></lead_sponsor></sponsors>
  <brief_summary><textblock>{block(summary)}</textblock></brief_summary>
  <detailed_description><textblock>{block(details)}</textblock></detailed_description>
  <overall_status>Not yet recruiting</overall_status>
  <start_date>October 2024</start_date>
  <phase>Phase 1/Phase 2</phase>
  <study_type>Interventional</study_type>
  <condition>Madeupoma</condition>
  <intervention><intervention_type>Drug</intervention_type><intervention_name>Drugatinib</intervention_name>
    <other_name>DRG-001</other_name></intervention>
  <overall_official><last_name>Bob Secret, MD</last_name></overall_official>
  <overall_contact><last_name>Ada Secret</last_name><phone>310-555-0100</phone><email>ada@secret.example</email>
  </overall_contact>
  <keyword>EGFR</keyword>
  <keyword>rare tumour</keyword>
</clinical_study>
"""


def study_view(nct: str = NCT) -> str:
    """The record as a "Viewing Study" text without punctuation."""
    return f"""Viewing Study {nct}



Ignite Creation Date: 2024-10-26 @ 3:40 PM
Last Modification Date: 2024-10-26 @ 3:40 PM
Study NCT ID: {nct}
Status: NOT_YET_RECRUITING
First Post: 2024-09-08

Brief Title: {TITLE}
Sponsor: None
Organization: None

Study Overview

Official Title: {OFFICIAL}
Status: NOT_YET_RECRUITING
Acronym: None
Brief Summary: Drugatinib inhibits EGFR and TGF-β We think that it may help patients with madeupoma
Detailed Description: Madeupoma is rare 15

EGFR drives it drugatinib blocks EGFR in mice

Study Oversight

Has Oversight DMC: None
"""


def scale_row(nct: str = NCT) -> dict:
    """The record as a flat row."""
    return {
        "nct_id": nct, "brief_title": TITLE, "official_title": OFFICIAL, "brief_summary": SUMMARY,
        "detailed_description": DETAILS, "conditions": list(CONDITIONS), "keywords": list(KEYWORDS),
        "interventions": [{"type": "Drug", "name": "Drugatinib", "otherNames": ["DRG-001"]}],
        "study_type": "Interventional", "phases": ["Phase 1; Phase 2"], "status": "Not yet recruiting",
        "start_date": "2024-10", "sponsor": SPONSOR,
    }  # fmt: skip


def nci_cts(nct: str = NCT) -> dict:
    """The record as the NCI's Clinical Trials Search API writes it."""
    drug = {"name": "Drugatinib", "type": "Drug", "synonyms": ["DRG-001"]}
    return {
        "nci_id": "NCI-2024-00001", "nct_id": nct, "brief_title": TITLE, "official_title": OFFICIAL,
        "brief_summary": SUMMARY, "detail_description": DETAILS, "keywords": list(KEYWORDS), "phase": "I_II",
        "diseases": [{"name": "Madeupoma", "inclusion_indicator": "TRIAL"},
                     {"name": "Neoplasm", "inclusion_indicator": "TREE"}],
        "arms": [{"interventions": [drug]}, {"interventions": [drug]}], "study_protocol_type": "Interventional",
        "current_trial_status": "Not yet recruiting", "lead_org": SPONSOR, "start_date": "2024-10",
        "central_contact": {"name": "Ada Secret", "phone": "310-555-0100", "email": "ada@secret.example"},
    }  # fmt: skip


def write(path: Path, value: object) -> Path:
    """A file with the value: bytes, text, or JSON."""
    data = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def read(*paths: object, **options: object) -> tuple[list[Document], list[Reject]]:
    """Documents and rejects of the paths, apart."""
    records = list(read_records(paths, **options))  # type: ignore[arg-type]
    return [r for r in records if isinstance(r, Document)], [r for r in records if isinstance(r, Reject)]
