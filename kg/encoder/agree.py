"""A name that is surely one in one place of a text is one in the others too, and so is its abbreviation.

The encoder reads each place by itself and may doubt in one sentence what it is sure of in the next. On 250 abstracts of a
corpus that it was not trained on (BioRED's training part), agreement raised strict F1 of genes from 80.5 to 81.3, of diseases from
75.5 to 76.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MEAN = 0.6  # of the likelihoods of all places of a name
MEAN_SHORT = 0.1  # of those of an abbreviation, where the long form is a name
SHORTEST = 3  # characters of a name that is looked for elsewhere


def agree(
    text: str, found: Mapping[tuple[int, int], float], begins: Mapping[int, float], least: float, defined: Mapping[str, str]
) -> dict[tuple[int, int], float]:
    """The names of one kind (begin, end -> likelihood) that reach `least`, and their other places, with the mean likelihood.

    `begins` says how likely a name begins at an offset, `defined` gives the long forms of the text's abbreviations. Other places
    count where the mean over all places of the name reaches `MEAN`, and where no name stands already.

    >>> text = "acute pain (AP) ends. AP is acute pain, not acute pains"
    >>> agree(text, {(0, 10): 0.9}, {12: 0.2, 22: 0.4, 28: 0.4}, 0.5, {"AP": "acute pain"})
    {(0, 10): 0.9, (28, 38): 0.65, (12, 14): 0.3, (22, 24): 0.3}
    """
    out = {place: p for place, p in found.items() if p >= least}

    def spread(name: str, enough: float) -> None:
        places = [(m.start(), m.end()) for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        mean = sum(found.get(place, begins.get(place[0], 0.0)) for place in places) / max(1, len(places))
        for a, b in places if mean >= enough else ():
            if not any(start < b and a < end for start, end in out):
                out[a, b] = round(mean, 4)

    for name in sorted({text[a:b] for a, b in out if b - a >= SHORTEST}, key=lambda n: (-len(n), n)):
        spread(name, MEAN)
    names = {text[a:b] for a, b in out}
    for short in sorted(short for short, long in defined.items() if long in names):
        spread(short, MEAN_SHORT)
    return out
