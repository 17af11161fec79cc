"""Legacy `<clinical_study>` XML -> `Fields`, by defusedxml: entities and outside references are refused."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden

from kg.errors import SourceError
from kg.model import Intervention
from kg.sources.fields import Fields


def read_xml(text: str, where: str) -> Iterator[Fields]:
    """Each study of the file.

    `SourceError` for XML that is broken, that declares entities, or that holds no study.
    """
    root = _parse(text, where)
    studies = [root] if root.tag == "clinical_study" else list(root.iter("clinical_study"))
    if not studies:
        raise SourceError(f"{where}: XML with <{root.tag[:40]}> but no <clinical_study>; not a trial record")
    for study in studies:
        yield _fields(study)


def _parse(text: str, where: str) -> Element:
    try:
        return ElementTree.fromstring(text)
    except (EntitiesForbidden, ExternalReferenceForbidden, DTDForbidden) as error:
        raise SourceError(f"{where}: the XML declares entities, which no trial record does; refused unread") from error
    except ParseError as error:
        line, column = error.position
        reason = str(error).split(":")[0]
        raise SourceError(f"{where}: broken XML at line {line}, column {column} ({reason})") from error
    except (ValueError, LookupError) as error:
        raise SourceError(f"{where}: the XML cannot be read ({str(error)[:80]})") from error


def _text(study: Element, path: str) -> str:
    return study.findtext(path) or ""


def _texts(study: Element, path: str) -> tuple[str, ...]:
    return tuple(element.text for element in study.findall(path) if element.text)


def _fields(study: Element) -> Fields:
    return Fields(
        layout="xml",
        nct=_text(study, "id_info/nct_id"),
        brief_title=_text(study, "brief_title"),
        official_title=_text(study, "official_title"),
        brief_summary=_text(study, "brief_summary/textblock"),
        detailed_description=_text(study, "detailed_description/textblock"),
        conditions=_texts(study, "condition"),
        keywords=_texts(study, "keyword"),
        interventions=tuple(
            Intervention(_text(i, "intervention_type"), _text(i, "intervention_name"), _texts(i, "other_name"))
            for i in study.findall("intervention")
        ),
        phases=_texts(study, "phase"),
        study_type=_text(study, "study_type"),
        overall_status=_text(study, "overall_status"),
        sponsor=_text(study, "sponsors/lead_sponsor/agency"),
        sponsor_class=_text(study, "sponsors/lead_sponsor/agency_class"),
        sponsor_is_person=_text(study, "responsible_party/responsible_party_type") == "Sponsor-Investigator",
        start_date=_text(study, "start_date"),
        version_date=_text(study, "required_header/download_date").rpartition("processed this data on")[2],
    )
