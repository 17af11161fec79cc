"""Finds contact details in prose, so that no quote carries them: e-mail addresses, telephone numbers, the words after
"contact:".

Prefers a span too many to one too few where digits look like a telephone number, but leaves registry numbers,
doses, dates, p-values and page ranges alone.
"""

from __future__ import annotations

import re

from kg.model import Span

_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}\s?(?:@|\(at\)|\[at\]|\s(?:at|AT)\s(?=[\w-]+\s?(?:\(dot\)|\[dot\]|\sdot\s)))\s?"
    r"[A-Za-z0-9-]{1,63}(?:\s?(?:\.|\(dot\)|\[dot\]|\sdot\s)\s?[A-Za-z0-9-]{2,63}){1,5}"
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:"
    r"\+\d{1,3}[ .()/-]{0,3}\d(?:[ .()/-]{0,3}\d){5,13}"  # +49 30 1234567
    r"|(?:1[ .-])?\(\d{3}\)[ .-]?\d{3}[ .-]\d{4}"  # (310) 794-8600
    r"|(?:1[ .-])?[2-9]\d{2}([ .-])[2-9]\d{2}\1\d{4}"  # 310-794-8600
    r"|1-8\d{2}-[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}"  # 1-800-4-CANCER
    r")(?![\w]|[.,/-]\d)(?:\s?(?:ext|x)\.?\s?\d{1,6})?"
)
_TOLD_PHONE = re.compile(
    r"\b(?:[Tt]el(?:ephone|efon)?|[Pp]hone|[Ff]ax|[Mm]obile|[Cc]ell phone|[Cc]all(?: us)?(?: at)?)\b"
    r"(?: (?:number|no))?[.:]{0,2} ?\(?\+?\d[\d ().–/-]{5,20}\d"
)
_TAIL = re.compile(
    r"\b(?:[Cc]ontacts?(?: (?:person|information|details|name|phone|us))?|CONTACTS?(?: [A-Z]+)?)\s?:[^\n]*"
    r"|\b[Pp]lease (?:contact|call|e-?mail|write to)\b[^\n]*?(?=[.;](?:\s|$)|\n|$)"
    r"|\b(?:[Ff]or (?:more|further|additional) information,? )(?:please )?(?:contact|call|e-?mail)\b"
    r"[^\n]*?(?=[.;](?:\s|$)|\n|$)"
)
_HINT = re.compile(r"@|\(at\)|\[at\]| at |\d{3}|[Cc]ontact|CONTACT|[Cc]all|mail|write to")


def contact_spans(text: str) -> tuple[Span, ...]:
    """Where a text holds contact details, in order, overlapping finds joined.

    >>> [span.of("Call Dr X at (310) 794-8600 or x@y.org.") for span in contact_spans("Call Dr X at (310) 794-8600 or x@y.org.")]
    ['(310) 794-8600', 'x@y.org']
    """  # noqa: E501
    if not _HINT.search(text):
        return ()
    found = sorted(
        Span(match.start(), match.end())
        for pattern in (_EMAIL, _PHONE, _TOLD_PHONE, _TAIL)
        for match in pattern.finditer(text)
    )
    joined: list[Span] = []
    for span in found:
        if joined and span.start <= joined[-1].end:
            joined[-1] = joined[-1].join(span)
        else:
            joined.append(span)
    return tuple(joined)
