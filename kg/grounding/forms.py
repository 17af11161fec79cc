"""Rewrites of a mention under which its concept may be found, each with its reason and what was left out.

The rewrites are tried in order; the first that leads to a concept of a fitting type wins. Sources of the rules: the
back-off of heads and modifiers as in MetaMap (Aronson 2001), slash expansion as in GNormPlus (Wei 2015).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.lexicon.names import ROMAN, normal_form
from kg.model import EntityType as T


@dataclass(frozen=True, slots=True)
class Form:
    """A wording to look up: why it may stand for the mention, what it costs, what it leaves out."""

    text: str
    reasons: tuple[str, ...] = ()
    cost: float = 0.0
    qualifiers: tuple[str, ...] = ()


FIRST = "first of its kind understood"
DEFINED = "abbreviation defined in the record"
SALTS = frozenset(
    """hydrochloride dihydrochloride hcl mesylate mesilate maleate sodium potassium calcium sulfate sulphate phosphate
acetate tartrate citrate fumarate succinate besylate besilate tosylate bromide hydrobromide chloride nitrate
malate lactate monohydrate hydrate anhydrous pamoate disodium magnesium oxalate dimaleate axetil etexilate
proxetil
""".split()
)
FORMULATIONS = frozenset(
    """lar depot er xr sr cr xl ir injection injections tablet tablets capsule capsules oral intravenous iv sc
subcutaneous infusion infusions cream gel ointment spray solution suspension patch drops eye inhaler inhaled
inhalation powder autogel extended-release sustained-release slow-release controlled-release release prolonged-
release long-acting liposomal pegylated nasal topical ophthalmic intravitreal intrathecal intramuscular
transdermal mouthwash monotherapy therapy treatment plus alone dose doses high-dose low-dose formulation drug
agent supplementation supplements supplement administration
""".split()
)
GENE_WORDS = frozenset(
    """gene genes protein proteins receptor receptors expression level levels mrna antigen antigens ligand ligands
molecule molecules polypeptide transcript transcripts locus enzyme activity kinase mutation mutations mutant
mutants allele alleles amplification overexpression fusion fusions rearrangement rearrangements deletion
deletions positive negative status concentration concentrations domain isoform isoforms subunit promoter human
serum plasma soluble recombinant anti peptide family members member homolog inhibitor signaling polymorphism
polymorphisms variant variants genotype deficiency loss alteration alterations high low positivity positive
aberrations insertion insertions wild-type wildtype exon signature load status instability
""".split()
)
DISEASE_TAILS = frozenset(
    """patients patient disease diseases disorder disorders syndrome lesions lesion cases risk symptoms complications
progression development tissue tissues cells families attack attacks episode episodes
illness tumor tumors tumour tumours
""".split()
)
_GREEK = "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa"
_JOINT = r"(?: ?/ ?| ?, ?(?:and |or |& ?)?| (?:and|or|&) )"
_LISTS = tuple(  # stem, first member, the others: "GATA-4, -5 and -6", "S100A8/A9"; "PKCalpha/delta", "PPAR α/γ"; "TRKA/B/C"
    re.compile(rf"^([A-Za-z][A-Za-z0-9 -]*?[A-Za-z0-9])([- ]?)({member})((?:{_JOINT}-?{other})+)$")
    for member, other in (
        (r"\d+[A-Za-z]?", r"[A-Z]?\d+[A-Za-z]?"), (rf"{_GREEK}|[α-ω]", rf"(?:{_GREEK}|[α-ω])"), (r"[A-Z]", r"[A-Z](?![A-Za-z0-9])"),
    )
)  # fmt: skip
_MEMBER = re.compile(rf"([A-Z](?=\d))?(\d+[A-Za-z]?|{_GREEK}|[α-ω]|[A-Z])")
_RANGE = re.compile(r"^([A-Za-z][A-Za-z-]*?)[- ]?(\d{1,2}) ?[-–] ?(\d{1,2})$")
MOST_IN_RANGE = 8
_VARIANT = re.compile(r"^(.+?)[ (_-]+(p\.)?([A-Z]\d{1,4}(?:[A-Z*]|fs|del)|[A-Z]\d{2,4}|exon ?\d+.*|[vV]\d|ε\d|del\d+)\)?$")
CODE = re.compile(r"^(?=.*\d{3})[A-Z]{2,5}[- ]?[A-Z]{0,2}\d{3,7}[A-Z]{0,2}$")
# fmt: off
_SWAPS = (
    ("cancer", "carcinoma"), ("carcinoma", "cancer"), ("cancer", "neoplasm"), ("tumor", "neoplasm"),
    ("neoplasm", "tumor"), ("tumor", "cancer"), ("malignancy", "cancer"), ("adenocarcinoma", "carcinoma"),
    ("disease", "disorder"), ("disorder", "disease"), ("deficit", "deficiency"), ("impairment", "dysfunction"),
    ("injury", "damage"), ("toxicity", "disease"), ("leucemia", "leukemia"), ("inhibitor", "antagonist"),
    ("antagonist", "inhibitor"), ("signaling pathway", "signaling"), ("pathway", "signaling pathway"),
    ("renal", "kidney"), ("kidney", "renal"), ("hepatic", "liver"), ("cardiac", "heart"),
    ("abnormality", "disease"), ("blocker", "antagonist"), ("dysfunction", "disease"), ("damage", "disease"),
    ("injury", "disease"), ("heart", "cardiac"), ("dysrhythmia", "arrhythmia"), ("metastatic", "metastasis"),
    ("syndrome", "disease"), ("decline", "impairment"), ("defect", "deficiency"),
)
# fmt: on


_ADJECTIVES = (
    ("tensive", "tension"),
    ("toxic", "toxicity"),
    ("otic", "osis"),
    ("itic", "itis"),
    ("eptic", "epsy"),
    ("rrhagic", "rrhage"),
    ("ic", "ia"),
    ("ive", "ion"),
    ("etic", "etes"),
    ("ic", "y"),
    ("deficient", "deficiency"),
    ("ed", "ion"),
    ("al", ""),
    ("genic", "genesis"),
    ("ous", "a"),
    ("kinetic", "kinesia"),
    ("thyroid", "thyroidism"),
)


_LATIN = {"a": "alpha", "b": "beta", "g": "gamma", "d": "delta", "k": "kappa", "e": "epsilon", "z": "zeta"}
_FORMS_OF_GENES = (  # what is written onto a gene's symbol: pattern, what stands in its place, why
    (re.compile(rf"(?<=[A-Za-z0-9])(?=(?:{_GREEK})\d?$)"), " ", "Greek letter set apart"),
    (re.compile(r"(?<=[A-Z0-9])-?([abgdekz])$"), lambda m: " " + _LATIN[m[1]], "Latin letter read as Greek"),
    (re.compile(r"(?<=[a-z])(?=[A-Z]\d)"), " ", "letter set apart"),
    (re.compile(r" type (?=\d)"), " ", "type left out"),
    (re.compile(r"(?<=containing) protein (?=\d)"), " ", "protein left out"),
    (re.compile(r"^[phsr]-?(?=[A-Z])"), "", "phosphorylated, human, soluble or recombinant form"),
    (re.compile(r"^pro-?(?=[a-z]{5})"), "", "precursor"),
    (re.compile(r"^(?:DN-|dn-?|ΔN-?)(?=[A-Za-z])|(?<=\d)-?DN$"), "", "dominant negative form"),
    (re.compile(rf"(?:(?<=\d)(?:[a-dA-DJ-LS]|[- ](?:{_GREEK}))|(?<=[A-Z0-9])[vV]\d{{1,2}})$"), "", "isoform left out"),
)
_IONS = {"Ca": "calcium", "Mg": "magnesium", "Zn": "zinc", "K": "potassium", "Na": "sodium"}
_ION = re.compile(r"(?<![A-Za-z])(?:(Ca|Mg|Zn)(?:2\+|\(2\+\))|(K|Na)(?:\+|\(\+\)))(?![A-Za-z0-9])")
_NUMERAL = re.compile(r"(?<=[a-z])(?=I{1,3}$)")
_MICRO_RNA = re.compile(r"^(?:mi(?:cro)?RNAs?|miRs?)[- ]?(?=\d)", re.IGNORECASE)


def slash_parts(text: str) -> tuple[str, ...]:
    """The members that a slash, a list or a range of numbers writes short, or nothing.

    >>> slash_parts("CDK4/6"), slash_parts("BRCA1/2"), slash_parts("VEGFR-1/2/3")
    (('CDK4', 'CDK6'), ('BRCA1', 'BRCA2'), ('VEGFR1', 'VEGFR2', 'VEGFR3'))
    >>> slash_parts("PPARα/γ"), slash_parts("HLA-A/B"), slash_parts("filamin A, B and C")
    (('PPARα', 'PPARγ'), ('HLA-A', 'HLA-B'), ('filamin A', 'filamin B', 'filamin C'))
    >>> slash_parts("GATA-4, -5 and -6"), slash_parts("S100A8/A9"), slash_parts("CXCL9-11"), slash_parts("IL-6")
    (('GATA4', 'GATA5', 'GATA6'), ('S100A8', 'S100A9'), ('CXCL9', 'CXCL10', 'CXCL11'), ())
    >>> slash_parts("PD-1/PD-L1"), slash_parts("mg/kg")
    (('PD-1', 'PD-L1'), ())
    """
    for pattern in _LISTS:
        match = pattern.match(text.strip())
        if match:
            stem = match[1] + (match[2] if match[2] == " " or (match[3].isalpha() and match[3].isupper()) else "")
            rest = (stem.removesuffix(letter) + letter + member for letter, member in _MEMBER.findall(match[4]))
            return (stem + match[3], *rest)
    match = _RANGE.match(text.strip())
    if match and 0 < int(match[3]) - int(match[2]) < MOST_IN_RANGE:
        return tuple(match[1].rstrip("-") + str(n) for n in range(int(match[2]), int(match[3]) + 1))
    parts = tuple(p.strip() for p in text.split("/"))
    if 2 <= len(parts) <= 4 and all(len(p) >= 2 and (any(c.isdigit() for c in p) or p.isupper()) for p in parts):
        return parts
    return ()


def bracketed(text: str) -> str:
    """The abbreviation in brackets with what follows it, where something does.

    >>> bracketed("interferon-inducible protein (IP)-10"), bracketed("retinoblastoma (RB1) gene"), bracketed("kinase (ERK)")
    ('IP-10', 'RB1 gene', '')
    """
    match = re.match(r"^[^()]*\(([A-Z][^()\s]{0,14})\)([^()]+)$", text.strip())
    return match[1] + match[2] if match else ""


def variant_parts(text: str) -> tuple[str, str] | None:
    """The gene and the alteration of a named variant.

    >>> variant_parts("KRAS G12C"), variant_parts("BRAF(V600E)"), variant_parts("IL-6")
    (('KRAS', 'G12C'), ('BRAF', 'V600E'), None)
    """
    match = _VARIANT.match(text.strip())
    return (match[1].strip(" -("), match[3]) if match and len(match[1]) > 1 and not match[1].islower() else None


_CLASS = re.compile(
    r"^(?:selective |dual |novel |humanized |oral |other )*(?:anti[- ](?P<anti>.+?)(?:[- ](?:monoclonal )?"
    r"(?:antibod(?:y|ies)|agents?|drugs?|therap(?:y|ies)|mabs?|treatments?))?"
    r"|(?P<acted>.+?)[- ](?P<act>inhibitor|antagonist|agonist|blocker|degrader|modulator|activator|antibody|antibodie|"
    r"inhibition|blockade|vaccine|ligand)s?(?: therap(?:y|ies)| treatments?)?)$",
    re.IGNORECASE,
)
_ACTS = {"antibodie": "antibody", "inhibition": "inhibitor", "blockade": "inhibitor", "blocker": "inhibitor"}


def class_parts(text: str) -> tuple[str, str] | None:
    """The target and the action that make a drug class.

    >>> class_parts("JAK2 inhibitors"), class_parts("anti-TIGIT monoclonal antibody"), class_parts("statin")
    (('JAK2', 'inhibitor'), ('TIGIT', 'antibody'), None)
    """
    match = _CLASS.match(text.strip())
    if not match:
        return None
    if match["anti"]:
        return match["anti"], "antibody"
    act = match["act"].lower()
    return match["acted"], _ACTS.get(act, act)


def alteration_parts(text: str) -> tuple[str, str] | None:
    """The gene and the state of it in words: mutation, amplification, positive, high.

    >>> alteration_parts("EGFR mutations"), alteration_parts("HER2-positive"), alteration_parts("high risk")
    (('EGFR', 'mutation'), ('HER2', 'positive'), None)
    """
    match = re.match(
        r"^(\S+?(?: \d)?)[- ](?:gene |activating |sensitizing |somatic |germline |protein )?"
        r"(mutation|amplification|fusion|rearrangement|translocation|deletion|overexpression|positive|negative|mutant|mutated|low|high|loss|"
        r"expression|variant|polymorphism|wild-type|status)s?$",
        text.strip(),
        re.IGNORECASE,
    )
    if not match or match[1].islower():
        return None
    state = match[2].lower()
    return match[1], {"mutant": "mutation", "mutated": "mutation"}.get(state, state)


def forms_of(text: str, type: T, names: Mapping[str, str]) -> Iterator[Form]:
    """Wordings to look up for a mention of this type, the most faithful first."""
    long = names.get(text) or names.get(normal_form(text))
    if long:
        yield Form(long, (DEFINED,))
        for form in _backed_off(long, type):
            yield Form(form.text, (DEFINED, *form.reasons), form.cost, form.qualifiers)
        return  # what the record defines beats the lexicon, found or not
    first = _spelled_out(text, names)
    if first != text:
        yield Form(first, (DEFINED,))
    yield Form(text)
    if _ION.search(text):
        text = _ION.sub(lambda m: _IONS[m[1] or m[2]], text)
        yield Form(text, ("ion spelled out",), 0.02)
    bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", text).strip()
    if bare and bare != text:
        yield Form(bare, ("bracket left out",), 0.02)
        inside = re.search(r"[(\[]([^()\[\]]{2,20})[)\]]\s*$", text)
        if inside and inside[1].upper()[0] == bare.upper()[0]:
            yield Form(inside[1], ("abbreviation in brackets",), 0.05)
        within = bracketed(text)
        if within:
            yield Form(within, ("abbreviation in brackets, with what follows it",), 0.05)
            yield from (Form(f.text, (*f.reasons, "abbreviation in brackets"), 0.05 + f.cost) for f in _backed_off(within, type))
        text = bare
    spelled = _spelled_out(text, names)
    if spelled != text:
        if spelled != first:
            yield Form(spelled, (DEFINED,), 0.02)
        yield from _backed_off(spelled, type)
        return
    yield from _backed_off(text, type)


def _spelled_out(text: str, names: Mapping[str, str]) -> str:
    """The name with the long form of each word of it that the record defines."""
    return " ".join(names.get(normal_form(w.strip("()")), w) for w in text.split()) if names else text


# Heads that say nothing without their modifier: a SHANK3 deficiency is no nutritional deficiency.
BARE_HEADS = frozenset(
    """deficiency deficiencies disease diseases disorder disorders syndrome syndromes condition conditions inhibitor
    inhibitors antagonist antagonists agonist agonists antibody antibodies therapy therapies treatment treatments
    drug drugs agent agents medication medications receptor receptors protein proteins gene genes cell cells pathway
    pathways infection infections failure injury injuries loss dysfunction impairment factor factors response
    responses level levels growth activity metabolism function functions process processes rate rates score scores
    risk outcome outcomes survival program programme intervention interventions procedure device system kinase kinases
    phosphatase phosphatases protease proteases proteinase proteinases enzyme enzymes transporter transporters channel channels hormone
    hormones ligase ligases synthase synthases transferase transferases molecule molecules complex complexes subunit subunits antigen
    antigens globin globins""".split()
)
# Modifiers of a class that leave it what it is; any other makes another class of it.
LITTLE = frozenset(
    """novel new newer oral selective potent highly first second third next generation first-generation second-
    generation third-generation next-generation long-acting short-acting systemic standard conventional current
    existing available approved topical inhaled intravenous subcutaneous high-dose low-dose prior previous
    concomitant concurrent adjuvant neoadjuvant small-molecule irreversible reversible humanized human recombinant
    synthetic other certain specific common various several effective traditional commercial fda-approved
    investigational experimental different all intensive first-line second-line perioperative postoperative
    preoperative maintenance induction aggressive""".split()
)


# Last words that make another thing of what stands before them, often its opposite.
TURNING = frozenset(
    """inhibitor inhibitors antagonist antagonists agonist agonists blocker blockers antibody antibodies analogue analogues analog
    analogs receptor receptors deficiency resistance inhibition blockade withdrawal toxicity mimetic mimetics degrader degraders
    modulator modulators vaccine vaccines precursor precursors""".split()
)


def _says_little(modifiers: list[str]) -> bool:
    return all(word.lower() in LITTLE for word in modifiers)


# What binds a head to what stands right of it, and what may stand left of its complement.
_LINKS = "associated with|related to|due to|secondary to|caused by|during|after|before|following"
_LINK = re.compile(rf"\b(?:{_LINKS}|resulting from)$", re.IGNORECASE)
_COMPLEMENT = re.compile(rf"\s+(?:of(?: the)?|in|{_LINKS}|with|from|to|for)\s+")


def _backed_off(text: str, type: T) -> Iterator[Form]:
    yield from _rewritten(text, type)
    words = text.split()
    if type in (T.DRUG, T.DRUG_CLASS):
        yield from _stripped(words, SALTS, "salt left out", 0.03)
        yield from _stripped(words, FORMULATIONS | SALTS, "formulation left out", 0.05)
    if type in (T.TARGET, T.TARGET_FAMILY, T.VARIANT):
        yield from _stripped(re.split(r"[\s-]+", text), GENE_WORDS, "gene word left out", 0.06)
        yield from _stripped(re.split(r"[\s/]+", text), GENE_WORDS, "gene word left out", 0.07)
    if type in (T.DISEASE, T.SYMPTOM):
        yield from _stripped(words, DISEASE_TAILS, "tail left out", 0.06)
    if type is T.TARGET and len(text) > 2:
        yield Form(text + ("A" if text[-1].isdigit() else " 1"), (FIRST,), 0.15)
    pieces = words if len(words) > 1 else re.split(r"(?<=[a-z0-9])-(?=[a-z])", text)
    for start in range(1, len(pieces)):  # modifiers stand left of the head
        left = " ".join(pieces[:start])
        if _LINK.search(left):
            break  # the head stands left of it: impairment associated with schizophrenia is no schizophrenia
        rest = " ".join(pieces[start:])
        if re.sub(r"[ -]*(?:\d+|[IVX]+)$", "", rest).lower() in BARE_HEADS or (type is T.DRUG_CLASS and not _says_little(pieces[:start])):
            break  # without its modifier the head names something else
        cost = min(0.1 + 0.06 * start, 0.4)
        yield Form(rest, ("modifier left out",), cost, (left,))
        for form in _rewritten(rest, type):
            yield Form(form.text, ("modifier left out", *form.reasons), cost + form.cost, (left,))
    of = _COMPLEMENT.split(text, maxsplit=1)
    if len(of) == 2 and type is not T.OUTCOME:
        turned = f"{of[1]} {of[0]}"
        yield Form(turned, ("turned round",), 0.05)
        yield from (Form(f.text, ("turned round", *f.reasons), 0.05 + f.cost) for f in _rewritten(turned, type))
        yield Form(of[0], ("complement left out",), 0.2, (text[len(of[0]) :].strip(),))
    if type not in (T.TARGET, T.TARGET_FAMILY) and len(words) > 2:
        for end in range(len(words) - 1, 1, -1):
            if words[end].lower() in TURNING:
                break  # a growth hormone inhibitor is no growth hormone
            yield Form(
                " ".join(words[:end]),
                ("tail left out",),
                min(0.2 + 0.08 * (len(words) - end), 0.4),
                (" ".join(words[end:]),),
            )


def _rewritten(text: str, type: T) -> Iterator[Form]:
    form = normal_form(text)
    tokens = form.split()
    for once, reason in _swapped(form):
        yield Form(once, (reason,), 0.04)
        for twice, second in _swapped(once):
            yield Form(twice, (reason, second), 0.08)
    arabic = {n: r for r, n in ROMAN.items()}
    if any(t in ROMAN for t in tokens[1:]):
        yield Form(" ".join(ROMAN.get(t, t) if i else t for i, t in enumerate(tokens)), ("Roman numeral",), 0.03)
    elif any(t in arabic for t in tokens[1:]):
        yield Form(" ".join(arabic.get(t, t) if i else t for i, t in enumerate(tokens)), ("Roman numeral",), 0.03)
    if _NUMERAL.search(text):
        yield Form(_NUMERAL.sub(" ", text), ("numeral set apart",), 0.03)
    if "-" in text:
        yield Form(re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", "", text), ("hyphen closed",), 0.02)
    if type in (T.TARGET, T.TARGET_FAMILY) and any(t in _LATIN for t in tokens):
        yield Form(" ".join(_LATIN.get(t, t) for t in tokens), ("Latin letter read as Greek",), 0.05)
    if type is T.TARGET:
        for once, reason in _bared(text):
            yield Form(once, (reason,), 0.08)
            yield from (Form(twice, (reason, second), 0.16) for twice, second in _bared(once))
        if _MICRO_RNA.match(text):
            micro = _MICRO_RNA.sub("miR-", re.sub(r"-[35]p$", "", text))
            yield Form(micro, ("microRNA",), 0.02)
            yield Form(micro + "-1", ("microRNA, first of its kind understood",), 0.15)
    if type in (T.DISEASE, T.SYMPTOM) and tokens:
        for ending, noun in _ADJECTIVES:
            if form.endswith(ending) and (len(tokens[-1]) > len(ending) + 1 or ending in ("deficient", "kinetic")):
                yield Form(form[: -len(ending)] + noun, ("adjective",), 0.1)
        if len(tokens) <= 4 and len(form) > 4:
            yield from (
                Form(f"{form} {head}", (f"{head} understood",), 0.12) for head in ("disorder", "syndrome", "disease")
            )


def _bared(text: str) -> Iterator[tuple[str, str]]:
    """The name without one thing that is written onto a gene's symbol, and the reason."""
    for pattern, instead, reason in _FORMS_OF_GENES:
        bare = pattern.sub(instead, text)
        if bare != text and len(bare) > 2:
            yield bare, reason


def _swapped(form: str) -> Iterator[tuple[str, str]]:
    """The form with one word replaced by a near synonym, and the reason."""
    for old, new in _SWAPS:
        if f" {old} " in f" {form} ":
            yield f" {form} ".replace(f" {old} ", f" {new} ").strip(), f"{old} read as {new}"


def _stripped(words: list[str], droppable: frozenset[str], reason: str, cost: float) -> Iterator[Form]:
    """The words without droppable ones at the right end, then also at the left end."""
    end, start = len(words), 0
    while end > 1 and words[end - 1].lower().strip(",()") in droppable:
        end -= 1
    while start < end - 1 and words[start].lower().strip(",()") in droppable:
        start += 1
    left = tuple(words[:start] + words[end:])
    if end < len(words):
        yield Form(" ".join(words[:end]), (reason,), cost, tuple(words[end:]))
    if start:
        yield Form(" ".join(words[start:end]), (reason,), cost + 0.02, left)
