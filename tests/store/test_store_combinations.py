"""Shipped queries on what records say of combinations, say twice, or do not agree on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyoxigraph import Store
from rdf_claims import EGFR, ERLOTINIB, GEFITINIB, NSCLC, OS, PFS, RUN, SURUFATINIB, evidence

from kg.model import Claim, Predicate, Status, Trial
from kg.rdf.encode import encode
from kg.store.format import table_rows
from kg.store.named import fill, named_query
from kg.store.query import query

A, B, C = "NCT00000001", "NCT00000002", "NCT00000003"
ASSERTED, HOPED, DENIED = Status.ASSERTED, Status.HYPOTHESISED, Status.NEGATED


def said(nct, drug, thing, status=ASSERTED, partners=(), start=100, more=""):
    """One quote about a drug, alone or with partners."""
    quote = f"{drug} does something to {thing}{more}"
    return replace(evidence(nct, quote, drug, thing, "does", start=start, status=status), partners=partners)


def claim(subject, predicate, object_, *evidences, status=ASSERTED):
    """A claim with these quotes."""
    return Claim(subject, predicate, object_, status, 0.9, evidences)


def rows(claims, name, **values):
    """The answer of a shipped query, as a table: dictionaries by column."""
    store = Store()
    store.extend(encode(claims, [Trial(n, n) for n in (A, B, C)], run=RUN))
    heading, found = table_rows(query(store, fill(named_query(name), values)))
    return [dict(zip(heading, row, strict=True)) for row in found]


WITH = ("erlotinib", "bevacizumab")


@pytest.mark.parametrize(("name", "subject", "predicate", "object_", "status", "values"), [
    ("outcomes", GEFITINIB, Predicate.IMPROVES, PFS, ASSERTED, {}),
    ("treatments", GEFITINIB, Predicate.TREATS, NSCLC, ASSERTED, {}),
    ("about", GEFITINIB, Predicate.TREATS, NSCLC, HOPED, {"thing": "gefitinib"}),
    ("best-supported", GEFITINIB, Predicate.TREATS, NSCLC, ASSERTED, {"at_least": "1"}),
    ("harms", GEFITINIB, Predicate.CAUSES, NSCLC, ASSERTED, {}),
    ("trial-hypotheses", GEFITINIB, Predicate.TREATS, NSCLC, HOPED, {}),
    ("approved-drugs", GEFITINIB, Predicate.APPROVED_FOR, NSCLC, ASSERTED, {}),
])
def test_what_is_said_of_a_combination_only_shows_its_partners(name, subject, predicate, object_, status, values):
    """Column with: the partners, sorted; empty where the record speaks of the drug alone."""
    joint = said(A, "gefitinib", object_.label, status, WITH)
    alone = said(B, "gefitinib", object_.label, status)
    assert [row["with"] for row in rows([claim(subject, predicate, object_, joint, status=status)], name, **values)
            ] == ["bevacizumab, erlotinib"]
    assert [row["with"] for row in rows([claim(subject, predicate, object_, alone, status=status)], name, **values)
            ] == [""]
    both = rows([claim(subject, predicate, object_, joint, alone, status=status)], name, **values)
    if name in ("trial-hypotheses", "approved-drugs"):
        assert [row["with"] for row in both] == ["bevacizumab, erlotinib", ""]
    else:
        assert [row["with"] for row in both] == [""]  # one record says it of the drug alone


def test_mechanism_paths_show_the_partners_of_a_use():
    """The drug acts alone, but is used in a combination only."""
    claims = [
        claim(GEFITINIB, Predicate.INHIBITS, EGFR, said(A, "gefitinib", "EGFR")),
        claim(EGFR, Predicate.IMPLICATED_IN, NSCLC, said(A, "EGFR", NSCLC.label)),
        claim(GEFITINIB, Predicate.TREATS, NSCLC, said(A, "gefitinib", NSCLC.label, partners=("erlotinib",))),
    ]
    (row,) = rows(claims, "mechanism-paths")
    assert (row["use"], row["with"]) == ("asserted", "erlotinib")


@pytest.mark.parametrize(("name", "subject", "predicate", "object_", "status"), [
    ("trial-hypotheses", GEFITINIB, Predicate.TREATS, NSCLC, HOPED),
    ("combinations", GEFITINIB, Predicate.COMBINED_WITH, ERLOTINIB, ASSERTED),
    ("approved-drugs", GEFITINIB, Predicate.APPROVED_FOR, NSCLC, ASSERTED),
    ("resistance", NSCLC, Predicate.RESISTANT_TO, GEFITINIB, ASSERTED),
])
def test_one_row_for_each_claim_and_trial(name, subject, predicate, object_, status):
    """A record that says it three times, twice in the same words, is one row."""
    told = (said(A, subject.label, object_.label, status, start=at, more=more)
            for at, more in ((100, ""), (300, ""), (500, ", it seems")))
    found = rows([claim(subject, predicate, object_, *told, said(B, subject.label, object_.label, status),
                        status=status)], name)
    assert sorted(row["nct"] for row in found) == [A, B] and all(row["quote"] for row in found)


def test_disagreements_are_real_ones_each_pair_once():
    """Contradictions first, then denied hopes, then what is not settled; no mirrored rows, no combinations as such."""
    claims = [
        # both trials assert and hope: they agree
        claim(GEFITINIB, Predicate.INHIBITS, EGFR, *(said(n, "gefitinib", "EGFR", s, start=at)
                                                     for n in (A, B) for s, at in ((ASSERTED, 1), (HOPED, 200)))),
        claim(ERLOTINIB, Predicate.TREATS, NSCLC, said(A, "erlotinib", NSCLC.label),
              said(B, "erlotinib", NSCLC.label, HOPED), said(B, "erlotinib", NSCLC.label, HOPED, start=300)),
        claim(ERLOTINIB, Predicate.COMBINED_WITH, GEFITINIB, said(A, "erlotinib", "gefitinib"),
              said(B, "erlotinib", "gefitinib", HOPED)),
        claim(GEFITINIB, Predicate.IMPROVES, OS, said(A, "gefitinib", OS.label),
              said(A, "gefitinib", OS.label, HOPED, start=300), said(C, "gefitinib", OS.label, HOPED)),
        claim(GEFITINIB, Predicate.IMPROVES, OS, said(B, "gefitinib", OS.label, DENIED), status=DENIED),
        # asserted of a combination, denied of the drug alone: no contradiction
        claim(SURUFATINIB, Predicate.IMPROVES, OS, said(A, "surufatinib", OS.label, partners=WITH)),
        claim(SURUFATINIB, Predicate.IMPROVES, OS, said(B, "surufatinib", OS.label, DENIED), status=DENIED),
        # the same combination: one
        claim(SURUFATINIB, Predicate.IMPROVES, PFS, said(A, "surufatinib", PFS.label, partners=("erlotinib",))),
        claim(SURUFATINIB, Predicate.IMPROVES, PFS, said(B, "surufatinib", PFS.label, DENIED, partners=WITH),
              status=DENIED),
    ]
    found = [(r["subject_name"], r["object_name"], r["with"], r["kind"], r["nct"], r["other_nct"])
             for r in rows(claims, "disagreements")]
    assert found == [
        ("gefitinib", "overall survival", "", "contradiction", A, B),
        ("surufatinib", "progression-free survival", "erlotinib", "contradiction", A, B),
        ("gefitinib", "overall survival", "", "hope denied", C, B),
        ("erlotinib", "non-small cell lung carcinoma", "", "not settled", A, B),
        ("gefitinib", "overall survival", "", "not settled", A, C),
    ]


def test_two_trials_that_both_assert_and_deny_are_one_pair():
    """(A, B) and (B, A) are the same disagreement."""
    claims = [claim(GEFITINIB, Predicate.IMPROVES, OS, *(said(n, "gefitinib", OS.label, status) for n in (A, B)),
                    status=status) for status in (ASSERTED, DENIED)]
    pairs = [(r["nct"], r["other_nct"]) for r in rows(claims, "disagreements")]
    assert (A, B) in pairs and (B, A) not in pairs
