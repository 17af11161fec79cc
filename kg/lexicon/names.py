"""Names and how they are compared: tokens, normal forms, capitals. Imports nothing of the project.

A name is looked up under its *normal form*: lower-case tokens joined by spaces, where a run of letters and a run of
digits are tokens of their own, so that "IL-6", "IL6" and "IL 6" are one key. What the normal form forgets and a
reader needs (capitals of short names) is kept beside it as a mask.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# fmt: off
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "delta",
    "Γ": "gamma", "Ω": "omega", "Λ": "lambda", "Α": "alpha", "Β": "beta", "Κ": "kappa", "Σ": "sigma", "Φ": "phi",
}
# fmt: on
_TOKEN = re.compile(r"[^\W\d_α-ωΑ-Ωµ]+|\d+|[α-ωΑ-Ωµ]|\+")
_CAMEL_GREEK = re.compile(r"^([A-Z]{2,})(alpha|beta|gamma|delta|kappa|epsilon)$")
_ACRONYM_PLURAL = re.compile(r"^[A-Z]{2,}s$")
_SEPARATORS = str.maketrans({c: " " for c in "-‐‑‒–—−/_\t"})
# fmt: off
_ODD_PLURALS = {
    "metastases": "metastasis", "diagnoses": "diagnosis", "prognoses": "prognosis", "stenoses": "stenosis",
    "thromboses": "thrombosis", "psychoses": "psychosis", "neuroses": "neurosis", "fibroses": "fibrosis",
    "crises": "crisis", "bacteria": "bacterium", "fungi": "fungus", "carcinomata": "carcinoma", "feet": "foot",
    "lice": "louse", "mice": "mouse", "vertebrae": "vertebra", "analyses": "analysis", "paralyses": "paralysis",
    "children": "child", "women": "woman", "men": "man", "teeth": "tooth", "sarcomata": "sarcoma", "nuclei": "nucleus",
    "stimuli": "stimulus", "bronchi": "bronchus", "thrombi": "thrombus", "emboli": "embolus", "apnoea": "apnea",
    "ovaries": "ovary", "viruses": "virus", "species": "species", "series": "series", "diabetes": "diabetes",
    "herpes": "herpes", "rabies": "rabies", "caries": "caries", "scabies": "scabies", "faeces": "feces",
}
# fmt: on
# fmt: off
_BRITISH = (
    ("tumour", "tumor"), ("haem", "hem"), ("aemia", "emia"), ("oedema", "edema"), ("oesoph", "esoph"),
    ("rrhoea", "rrhea"), ("paed", "ped"), ("gynaec", "gynec"), ("signalling", "signaling"), ("colour", "color"),
    ("behaviour", "behavior"), ("fibre", "fiber"), ("isation", "ization"), ("caec", "cec"), ("oestr", "estr"),
    ("anaesth", "anesth"), ("orthopaed", "orthoped"), ("centre", "center"), ("leucocyt", "leukocyt"), ("sulph", "sulf"),
    ("foet", "fet"), ("labour", "labor"), ("programme", "program"), ("counselling", "counseling"),
    ("ischaem", "ischem"), ("analogue", "analog"), ("faec", "fec"), ("coeliac", "celiac"), ("hydrolys", "hydrolyz"),
)
# fmt: on
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}


@lru_cache(maxsize=200_000)
def token_form(token: str) -> str:
    """One token as keys have it: lower case, American spelling, singular; a Greek letter by its name.

    >>> token_form("Tumours"), token_form("β"), token_form("TKIs"), token_form("metastases")
    ('tumor', 'beta', 'tki', 'metastasis')
    """
    if token in GREEK:
        return GREEK[token]
    if token == "+":
        return "positive"
    if _ACRONYM_PLURAL.match(token):
        return token[:-1].lower()
    camel = _CAMEL_GREEK.match(token)
    if camel:
        return f"{camel[1].lower()} {camel[2]}"
    form = token.lower()
    if not form.isascii():
        form = "".join(c for c in unicodedata.normalize("NFKD", form) if not unicodedata.combining(c))
    if len(form) >= 5:
        for british, american in _BRITISH:
            if british in form:
                form = form.replace(british, american)
    return _singular(form)


def _singular(form: str) -> str:
    if form in _ODD_PLURALS:
        return _ODD_PLURALS[form]
    if len(form) < 4 or not form.endswith("s") or form.endswith(("ss", "us", "is")):
        return form
    if form.endswith("ies") and len(form) > 4:
        return form[:-3] + "y"
    if form.endswith(("sses", "ches", "shes", "xes", "uses")) and len(form) > 6:
        return form[:-2]
    return form[:-1]


def tokens(name: str) -> list[tuple[int, int]]:
    """Where the tokens of a name stand: runs of letters, runs of digits, Greek letters, a plus after a marker."""
    spans = [match.span() for match in _TOKEN.finditer(name)]
    if "+" not in name and "'s" not in name and "’s" not in name and "'S" not in name:
        return spans
    return [(start, end) for start, end in spans if not _dropped(name, start, end)]


def _dropped(name: str, start: int, end: int) -> bool:
    """A plus that follows nothing, the s of a possessive."""
    if name[start] == "+":
        return not (start and name[start - 1].isalnum())
    return name[start:end] in ("s", "S") and start > 0 and name[start - 1] in "'’`"


@lru_cache(maxsize=100_000)
def normal_form(name: str) -> str:
    """The form under which a name is looked up: case, dashes, plural and spelling variants removed.

    >>> normal_form("Colony-stimulating factor 1 receptors")
    'colony stimulating factor 1 receptor'
    >>> normal_form("IL-6") == normal_form("IL6") == normal_form("il 6")
    True
    >>> normal_form("Alzheimer's disease"), normal_form("TNFα"), normal_form("CD8+ T cells")
    ('alzheimer disease', 'tnf alpha', 'cd 8 positive t cell')
    """
    return " ".join(token_form(name[start:end]) for start, end in tokens(name))


def capitals(name: str) -> int:
    """Which of the first 16 letters and digits are capitals, as bits: what the normal form forgets.

    >>> capitals("eGFR"), capitals("EGFR"), capitals("c-Met")
    (14, 15, 2)
    """
    mask = 0
    for place, char in enumerate([c for c in name if c.isalnum()][:16]):
        if char.isupper():
            mask |= 1 << place
    return mask


def letters(name: str) -> int:
    """How many letters and digits a name has.

    >>> letters("PD-1")
    3
    """
    return sum(c.isalnum() for c in name)


def slug(text: str) -> str:
    """A name as the last part of a local identifier: lower case, singular, hyphens for gaps.

    >>> slug("β-blockers (oral)"), slug("KRAS G12C"), slug("CDK4/6 inhibitors")
    ('beta-blocker-oral', 'kras-g12c', 'cdk4-6-inhibitor')
    """
    parts, before = [], -1
    for start, end in tokens(text):
        token = text[start:end]
        form = token.lower() if token.isascii() and token.isupper() else token_form(token).replace(" ", "-")
        parts += ["-" if start > before >= 0 else "", form]
        before = end
    return "".join(parts)[:80].strip("-")
