"""What the fast reader sees of two mentions: their names, the words around them, what the rules say, where they stand.

A clause becomes a sequence of lower-case words and mention groups (the members of a list are one group), as in
`kg/relations/line.py`. Features are strings; those of a clause and of a mention are made once and shared by all pairs.
They come as a beginning with many ends: behind the kinds of a pair, the words between its mentions. Most ends are words
of the clause, which are looked up as they are, pair after pair, without a new string for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kg.entities.tag_features import TOKEN
from kg.model import TITLES, Clause, Document, Grounding, Span
from kg.relations.line import JOINT, KIND, LETTERS

FAR = 60  # pieces between two mentions of one pair
Features = tuple[str, Sequence[str]]  # how some names begin, and how each goes on


@dataclass(slots=True)
class Item:
    """A mention as the features see it."""

    grounding: Grounding
    span: Span
    letter: str
    key: str
    place: int  # of its group in the clause's sequence
    group: int  # number of its top-level mention
    outer: Item | None
    own: str  # "", "i" own intervention, "c" own condition
    rule: str
    unary: tuple[str, ...]
    template: str
    order: int


@dataclass(slots=True)
class View:
    """A clause as the features see it."""

    clause: Clause
    number: int
    pieces: list[str]
    twos: list[str]  # each piece with the one before it
    where: list[tuple[int, int]]  # the span of each piece; bare, since most are never asked for
    items: list[Item]
    bag: tuple[Features, ...]
    section: str


@lru_cache(maxsize=50_000)
def small(word: str) -> str:
    """A word for comparison: lower case, digits alike."""
    return "0" if word[0].isdigit() else word.lower()


def make_view(document: Document, clause: Clause, number: int, groundings: Sequence[Grounding],
              own: Mapping[str, str], key_of) -> View:
    """The view of one clause; `own` maps the keys of the trial's own things to "i" or "c"."""
    text = document.text
    ordered = sorted(groundings, key=lambda g: (g.mention.span.start, -g.mention.span.end))
    tops: list[Grounding] = []
    for g in ordered:
        span = g.mention.span
        if g.mention.confidence < 0.2 and any(
            o.mention.confidence >= 0.5 and o.mention.span.overlaps(span) for o in ordered if o is not g
        ):
            continue
        if not tops or tops[-1].mention.span.end <= span.start:
            tops.append(g)
    groups: list[list[Grounding]] = []
    for g in tops:
        if groups and _joined(text, groups[-1][-1], g):
            groups[-1].append(g)
        else:
            groups.append([g])
    pieces: list[str] = []
    where: list[tuple[int, int]] = []
    places: list[tuple[Span, int, int]] = []
    at = clause.span.start
    for k, group in enumerate(groups):
        for m in TOKEN.finditer(text, at, group[0].mention.span.start):
            pieces.append(small(m.group()))
            where.append(m.span())
        whole = group[0].mention.span.join(group[-1].mention.span)
        places.append((whole, len(pieces), k))
        pieces.append("⟦" + "".join(sorted({LETTERS[g.type] for g in group})) + "⟧")
        where.append((whole.start, whole.end))
        at = whole.end
    for m in TOKEN.finditer(text, at, clause.span.end):
        pieces.append(small(m.group()))
        where.append(m.span())
    section = "t" if clause.section in TITLES else "s" if clause.section == "briefSummary" else "d"
    items: list[Item] = []
    stack: list[Item] = []
    for g in ordered:
        span = g.mention.span
        place = group_number = -1
        for whole, piece, k in places:
            if whole.start <= span.start < whole.end or whole.start < span.end <= whole.end:
                place, group_number = piece, k
                break
        if place < 0:  # not in any group: it crosses or is weak; stands at its first word
            place = next((i for i, (_, end) in enumerate(where) if end > span.start), len(pieces) - 1)
        while stack and not (stack[-1].span.covers(span) and stack[-1].span != span):
            stack.pop()
        outer = stack[-1] if stack else None
        key = key_of(g)
        item = Item(g, span, LETTERS[g.mention.type], key, place, group_number, outer, own.get(key, ""), g.mention.rule,
                    (), "", len(items))
        items.append(item)
        stack.append(item)
    twos = [a + " " + b for a, b in pairwise(("^", *pieces))]
    view = View(clause, number, pieces, twos, where, items, (), section)
    for item in items:
        item.template = _template(text, item, items)
        item.unary = tuple(_unary(view, item))
    bag = {p for p in pieces if p[0] != "⟦"}
    view.bag = (("c=", sorted(bag)), ("cs=", [section]))
    return view


def _joined(text: str, left: Grounding, right: Grounding) -> bool:
    if KIND[LETTERS[left.mention.type]] != KIND[LETTERS[right.mention.type]]:
        return False
    between = text[left.mention.span.end : right.mention.span.start]
    return bool(between.strip()) and len(between) < 40 and JOINT.fullmatch(between) is not None


def _template(text: str, item: Item, items: Sequence[Item]) -> str:
    """The last words of the name, with names inside it as their type."""
    inner = [i for i in items if i.outer is item]
    parts: list[str] = []
    at = item.span.start
    for i in inner:
        if i.span.start < at:
            continue
        parts += [small(t) for t in TOKEN.findall(text[at : i.span.start])]
        parts.append("⟦" + i.letter + "⟧")
        at = i.span.end
    parts += [small(t) for t in TOKEN.findall(text[at : item.span.end])]
    return " ".join(parts[-5:])


def _unary(view: View, item: Item) -> list[str]:
    """What one mention says by itself, without its side."""
    words = item.template.split()
    head = words[-1] if words else ""
    p, pieces = item.place, view.pieces
    before = pieces[p - 1] if p > 0 else "^"
    before2 = pieces[p - 2] if p > 1 else "^"
    after = pieces[p + 1] if p + 1 < len(pieces) else "$"
    after2 = pieces[p + 2] if p + 2 < len(pieces) else "$"
    t = item.letter
    sure = "0" if item.grounding.mention.confidence < 0.3 else "1" if item.grounding.mention.confidence < 0.7 else "2"
    out = [t, t + "o" + item.own, t + "q" + sure, "h=" + head, "h3=" + head[-3:], "n=" + item.template,
           "b=" + before, t + "b=" + before, t + "b2=" + before2 + " " + before, "a=" + after, t + "a=" + after,
           t + "a2=" + after + " " + after2, t + "s" + view.section + item.own, "r=" + item.rule,
           "k=" + item.key if item.grounding.id else "k0"]
    if item.outer is not None:
        out += ["u" + item.outer.letter, "U=" + item.outer.template]
    if len(words) > 1:
        out.append("h2=" + words[-2] + " " + head)
    return out


def bucket(n: int) -> str:
    """A count in classes."""
    return str(n) if n < 5 else "5" if n < 8 else "8" if n < 13 else "13" if n < 21 else "21"


def names_of(features: Iterable[Features]) -> Iterator[str]:
    """The names one by one."""
    for start, ends in features:
        for end in ends:
            yield start + end


@lru_cache
def _marks(a: str, b: str, across: bool) -> tuple[str, str]:
    """How the names begin that tell a pair's types, and those that tell its kinds."""
    where = "x" if across else ""
    return where + a + b, where + KIND[a][:2] + KIND[b][:2] + "~"


def pair_features(a: Item, b: Item, va: View, vb: View, fired: Sequence[str]) -> list[Features]:
    """What is seen of a pair beside what its places show; `a` stands first in the text (the outer one first where they nest)."""
    own = "/" + (a.own or "-") + (b.own or "-")
    out: list[Features] = [(a.letter + b.letter, ("", own, own + va.section, va.section)), ("R=", fired)]
    t, _ = _marks(a.letter, b.letter, va is not vb)
    if va is vb and a.place == b.place:
        out += _same_place(a, b, va, t)
        return out
    for side, item in (("1", a), ("2", b)):
        if item.outer is not None:
            out.append((t, ("in" + side + item.outer.letter, "IN" + side + item.outer.template)))
    if a.outer is not None or b.outer is not None or "⟦" in a.template or "⟦" in b.template:
        out.append((t, ("T=" + a.template[-30:] + "|" + b.template[-30:],)))
    return out


def place_features(a: Item, b: Item, va: View, vb: View) -> Sequence[Features]:
    """What the words between and around two mentions show: alike for all pairs of these places and types."""
    across = va is not vb
    _, kinds = _marks(a.letter, b.letter, across)
    if across:
        left, right = va.pieces[a.place + 1 :], vb.pieces[: b.place]
        between = [*left, "|", *right]
        twos = [*va.twos[a.place + 2 :], *(w + " |" for w in left[-1:]), *("| " + w for w in right[:1]), *vb.twos[1 : b.place]]
    elif a.place == b.place:
        return ()
    else:
        between, twos = va.pieces[a.place + 1 : b.place], va.twos[a.place + 2 : b.place]
    return (("w=", between), (kinds, [*twos, *_stretch(between)]),
            (kinds + "B", va.pieces[max(0, a.place - 4) : a.place]), (kinds + "A", vb.pieces[b.place + 1 : b.place + 5]))


def word_features(a: Item, b: Item, across: bool, view: View, place: int, side: str) -> Sequence[Features]:
    """What one word between two mentions (no side), before the first ("B") or behind the second ("A") shows by itself."""
    _, kinds = _marks(a.letter, b.letter, across)
    if side:
        return ((kinds + side, [view.pieces[place]]),)
    return ("w=", [view.pieces[place]]), (kinds, view.twos[place : place + 2])


def _same_place(a: Item, b: Item, view: View, t: str) -> Iterator[Features]:
    """What is seen of two mentions that nest, or stand in one list."""
    if b.outer is not None and (a is b.outer or a is b.outer.outer):
        inside = a.template
        words = inside.split()
        yield t, ("nest", "N=" + inside, "Nh=" + " ".join(words[-2:]))
        yield "NH=", (words[-1] + b.letter,)
        return
    p, pieces = a.place, view.pieces
    same = a.group == b.group and a.group >= 0
    yield t, ("same" + ("1" if same else "0"), "gap" + bucket(b.order - a.order))
    before = pieces[max(0, p - 3) : p]
    yield t, ["LB" + w for w in before]
    yield t, ["LA" + w for w in pieces[p + 1 : p + 4]]
    if before:
        yield t, ("LB1" + before[-1],)
    if len(before) > 1:
        yield t, ("LB2" + before[-2] + " " + before[-1],)


def _stretch(between: Sequence[str]) -> Iterator[str]:
    """What is seen of the words between two mentions as a whole."""
    if between:
        yield "^ " + between[0]
        yield between[-1] + " $"
    else:
        yield "^ $"
    if len(between) <= 5:
        yield "s=" + " ".join(between)
    words = [w for w in between if w[0] != "⟦" and w not in EMPTY]
    if words and len(words) <= 3:
        yield "S=" + " ".join(words)


EMPTY = frozenset("the a an of , ( ) - ; : . and or this these that".split())
