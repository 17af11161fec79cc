"""Small claims made by hand, and strategies for random ones; shared by the tests of rdf and store."""

from __future__ import annotations

from hypothesis import strategies as st

from kg.model import Claim, Entity, EntityType, Evidence, Predicate, Role, Status, Trial
from kg.rdf.encode import RunInfo

RUN = RunInfo(version="0.0", reader="rules", lexicon="abc")

GEFITINIB = Entity("CHEBI:49668", "gefitinib", EntityType.DRUG)
ERLOTINIB = Entity("CHEBI:114785", "erlotinib", EntityType.DRUG)
SURUFATINIB = Entity("NCIT:C121540", "surufatinib", EntityType.DRUG)
EGFR = Entity("hgnc:3236", "EGFR", EntityType.TARGET)
CSF1R = Entity("hgnc:2433", "CSF1R", EntityType.TARGET)
PNEN = Entity("kgl:Disease/pancreatic-neuroendocrine-neoplasm", "pancreatic neuroendocrine neoplasm",
              EntityType.DISEASE)
NSCLC = Entity("MONDO:0005233", "non-small cell lung carcinoma", EntityType.DISEASE)
PFS = Entity("kgl:Outcome/progression-free-survival", "progression-free survival", EntityType.OUTCOME)
OS = Entity("kgl:Outcome/overall-survival", "overall survival", EntityType.OUTCOME)


def evidence(nct: str, quote: str, subject: str, object_: str, trigger: str, *, start: int = 100,
             status: Status = Status.ASSERTED, cues: tuple[str, ...] = (), confidence: float = 0.9,
             score: float = 1.0) -> Evidence:
    """One quote; the offsets of subject and object are found in it."""
    def role(words: str) -> Role:
        at = start + quote.index(words)
        return Role(words, at, at + len(words), score, ("exact",))

    return Evidence(nct, "briefSummary", start, start + len(quote), quote, role(subject), role(object_), trigger, cues,
                    status, "drug-inhibits-target", confidence)


def small() -> tuple[list[Claim], list[Trial]]:
    """Two trials and their claims: asserted, hypothesised and negated ones."""
    a, b = "NCT00000001", "NCT00000002"
    may, failed = Status.HYPOTHESISED, Status.NEGATED
    claims = [
        Claim(GEFITINIB, Predicate.INHIBITS, EGFR, Status.ASSERTED, 0.95, (
            evidence(a, "EGFR inhibitor gefitinib", "gefitinib", "EGFR", "inhibitor"),
            evidence(b, "gefitinib blocks EGFR", "gefitinib", "EGFR", "blocks"))),
        Claim(ERLOTINIB, Predicate.INHIBITS, EGFR, Status.ASSERTED, 0.9, (
            evidence(b, "erlotinib blocks EGFR", "erlotinib", "EGFR", "blocks", start=400),)),
        Claim(EGFR, Predicate.IMPLICATED_IN, PNEN, Status.ASSERTED, 0.85, (
            evidence(a, "EGFR was enriched in pNENs", "EGFR", "pNENs", "enriched", start=10),)),
        Claim(EGFR, Predicate.IMPLICATED_IN, NSCLC, Status.ASSERTED, 0.85, (
            evidence(b, "EGFR drives NSCLC", "EGFR", "NSCLC", "drives", start=10),)),
        Claim(GEFITINIB, Predicate.TREATS, PNEN, may, 0.7, (
            evidence(a, "gefitinib may help pNENs", "gefitinib", "pNENs", "help", start=200, status=may,
                     cues=("may",)),)),
        Claim(SURUFATINIB, Predicate.COMBINED_WITH, GEFITINIB, may, 0.6, (
            evidence(a, "sofantinib with gefitinib", "sofantinib", "gefitinib", "with", start=300, status=may),)),
        Claim(SURUFATINIB, Predicate.TARGETS, CSF1R, Status.ASSERTED, 0.3, (
            evidence(a, "Sofantinib targeting CSF1R", "Sofantinib", "CSF1R", "targeting", start=500, score=0.4),)),
        Claim(SURUFATINIB, Predicate.APPROVED_FOR, PNEN, Status.ASSERTED, 0.9, (
            evidence(a, "sofantinib was approved for pNENs", "sofantinib", "pNENs", "approved", start=600),)),
        Claim(GEFITINIB, Predicate.APPROVED_FOR, NSCLC, Status.ASSERTED, 0.9, (
            evidence(b, "gefitinib is approved for NSCLC", "gefitinib", "NSCLC", "approved", start=600),)),
        Claim(GEFITINIB, Predicate.IMPROVES, PFS, Status.ASSERTED, 0.9, (
            evidence(b, "gefitinib prolonged PFS", "gefitinib", "PFS", "prolonged", start=700),)),
        Claim(GEFITINIB, Predicate.IMPROVES, OS, failed, 0.85, (
            evidence(b, "gefitinib did not prolong OS", "gefitinib", "OS", "prolong", start=800, status=failed,
                     cues=("did not",)),)),
        Claim(GEFITINIB, Predicate.IMPROVES, OS, may, 0.5, (
            evidence(a, "gefitinib may prolong OS", "gefitinib", "OS", "prolong", start=900, status=may,
                     cues=("may",)),)),
        Claim(NSCLC, Predicate.RESISTANT_TO, GEFITINIB, Status.ASSERTED, 0.85, (
            evidence(b, "NSCLC becomes resistant to gefitinib", "NSCLC", "gefitinib", "resistant", start=1000),)),
    ]
    trials = [
        Trial(a, "Surufatinib with gefitinib in pNET", ("pNET", "NET"), ("Gefitinib",), ("PHASE2",), "INTERVENTIONAL",
              "RECRUITING", "2024-09", "2024-10-26"),
        Trial(b, "Gefitinib in NSCLC", ("NSCLC",), ("Gefitinib", "Erlotinib"), ("PHASE3",)),
    ]
    return claims, trials


HOSTILE = ('"', "\\", "'", "<x>", "> <http://evil> .", "\n", "\r\n", "\t", "\x00", "}", "{", "%2F", "../..", "é😀β",
           "a:b", "", " ", "\u2028", "^^<x>", "@en", "ends \\", '"""')
words = st.one_of(st.text(max_size=12), st.sampled_from(HOSTILE))
names = st.one_of(st.text(min_size=1, max_size=8), st.sampled_from([h for h in HOSTILE if h]))
scores = st.floats(0, 1, allow_nan=False)
tuples = st.lists(words, max_size=3).map(tuple)
statuses = st.sampled_from(list(Status))


@st.composite
def roles(draw: st.DrawFn) -> Role:
    """Any words at any place."""
    start = draw(st.integers(0, 99))
    return Role(draw(words), start, start + draw(st.integers(0, 9)), draw(scores), draw(tuples), draw(tuples),
                draw(tuples))


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """Any quote in one of a few records."""
    start = draw(st.integers(0, 9999))
    return Evidence(draw(st.sampled_from(["NCT00000001", "NCT00000002", 'x"> .', "a/../b"])), draw(names), start,
                    start + draw(st.integers(0, 99)), draw(words), draw(roles()), draw(roles()), draw(words),
                    draw(tuples), draw(statuses), draw(words), draw(scores), draw(st.one_of(st.just(()), tuples)))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Claim], list[Trial]]:
    """Random claims over a few entities with hostile names, and random trials."""
    prefixes = st.sampled_from(["hgnc", "kgl", "CHEBI", "odd", "kgl:Drug/.."])
    curies = st.one_of(st.builds("{}:{}".format, prefixes, names),
                       names)
    ids = draw(st.lists(curies, min_size=1, max_size=4, unique=True))
    things = [Entity(id_, draw(words), draw(st.sampled_from(list(EntityType)))) for id_ in ids]
    entities = st.sampled_from(things)
    claims = draw(st.lists(
        st.builds(Claim, entities, st.sampled_from(list(Predicate)), entities, statuses, scores,
                  st.lists(evidences(), max_size=3).map(tuple)), max_size=6, unique_by=lambda c: c.id))
    trials = draw(st.lists(st.builds(Trial, names, words, tuples, tuples, tuples, words, words, words, words),
                           max_size=2, unique_by=lambda t: t.nct))
    return claims, trials


def expected(claims: list[Claim], trials: list[Trial]) -> tuple[list[Claim], list[Trial]]:
    """What decoding gives back: the same claims and trials, sorted."""
    return sorted(claims, key=lambda c: c.id), sorted(trials, key=lambda t: t.nct)
