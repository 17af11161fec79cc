"""Finds contact details in prose, so that no quote carries them: e-mail addresses, telephone numbers, the words after
"contact:".

Prefers a span too many to one too few where digits look like a telephone number, but leaves registry numbers,
doses, dates, p-values and page ranges alone.
"""

from __future__ import annotations

import re

from kg.model import Span

_DOT = r"(?:\.|\s?[(\[]dot[)\]]\s?)"
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}\s?(?:@|[(\[](?:at|AT)[)\]])\s?[A-Za-z0-9-]{1,63}"
    rf"(?:{_DOT}[A-Za-z0-9-]{{2,63}}){{1,5}}"
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
# To the end of the sentence or line, 200 characters at most; then the short lines that follow a colon.
_END = r"(?:[^\n]{0,200}?(?=(?<!Dr)(?<!Prof)[.;](?:\s|$)|\n|\Z)|[^\n]{200})"
_NEXT_LINES = r"(?:(?<=:)[ \t]*(?:\n+[^\n]{1,100}(?=\n|\Z)){1,4})?"
_TAIL = re.compile(
    rf"(?:(?<=[.;(] )|^[ \t*•-]*)(?:Contacts?|CONTACTS?|contact)(?: (?:person|information|details|name|phone|us))?"
    rf"\s?:{_END}"
    rf"|\b(?:[Pp]lease|[Ff]or (?:more|further|additional) (?:information|details)(?: about [^\n,.]{{1,80}})?,?"
    rf"(?: please)?) (?:contact|call|e-?mail|write to)\b{_END}{_NEXT_LINES}",
    re.M,
)

# A cheap look decides whether a pattern is worth running.
_LOOKS = (
    (re.compile(r"@|[(\[](?:at|AT)[)\]]|[(\[]dot[)\]]"), _EMAIL),
    (re.compile(r"\d{3}[ .)-]{1,2}\d{3}|\+\d|1-8\d\d"), _PHONE),
    (re.compile(r"[Tt]el|[Pp]hone|[Ff]ax|[Mm]obile|[Cc]all"), _TOLD_PHONE),
    (re.compile(r"[Cc]ontact|CONTACT|[Pp]lease|[Ff]or (?:more|further|additional)"), _TAIL),
)


def contact_spans(text: str) -> tuple[Span, ...]:
    """Where a text holds contact details, in order, overlapping finds joined.

    >>> text = "Call Dr X at (310) 794-8600 or x@y.org."
    >>> [span.of(text) for span in contact_spans(text)]
    ['(310) 794-8600', 'x@y.org']
    """
    found = sorted(
        Span(*match.span()) for look, pattern in _LOOKS if look.search(text) for match in pattern.finditer(text)
    )
    joined: list[Span] = []
    for span in found:
        if joined and span.start <= joined[-1].end:
            joined[-1] = joined[-1].join(span)
        else:
            joined.append(span)
    return tuple(joined)
