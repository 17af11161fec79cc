"""A document becomes windows of word pieces."""

import numpy as np
import pytest

from kg.model import Clause, Document, EntityType, Intervention, Mention, Section, Span

tokenizers = pytest.importorskip("tokenizers")
windows_module = pytest.importorskip("kg.encoder.windows")


def tiny_tokenizer():
    """Splits like BERT, knows single letters only."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-.,()"
    vocabulary = {"[UNK]": 0} | {c: i + 1 for i, c in enumerate(letters)}
    vocabulary |= {"##" + c: i + 100 for i, c in enumerate(letters)}
    made = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    return made


def document(*texts: str) -> Document:
    """Sections in order: title, official title, summary."""
    names = ("briefTitle", "officialTitle", "briefSummary")
    sections, at = [], 0
    for name, text in zip(names, texts, strict=False):
        sections.append(Section(name, text, text, None, at))
        at += len(text) + 2
    return Document("NCT00000001", "here", "test", "\n\n".join(texts), tuple(sections),
                    interventions=(Intervention("Drug", "Osimertinib"),))


def test_every_word_is_once_in_the_windows_and_at_its_place():
    """Words of all windows, the repeated titles aside, are the document's words."""
    text = " ".join(f"word{i} is here." for i in range(60))
    made = windows_module.windows(document("A title", "", text), tiny_tokenizer())
    assert len(made) > 1
    whole = document("A title", "", text).text
    words = [whole[a:b] for w in made for a, b in zip(w.starts[w.own :], w.ends[w.own :], strict=True)]
    assert "".join(words) == "".join(whole.split())
    assert all(len(w.ids) <= windows_module.MAX_PIECES for w in made)


def test_windows_end_at_sentence_ends_and_repeat_the_title():
    """The second window begins with the title's words, then a new sentence."""
    text = " ".join(f"word{i} is here." for i in range(60))
    source = document("A title", "", text)
    second = windows_module.windows(source, tiny_tokenizer())[1]
    words = [source.text[a:b] for a, b in zip(second.starts, second.ends, strict=True)]
    assert words[: second.own] == ["A", "title"]
    assert words[second.own].startswith("word")


def test_the_records_own_intervention_is_marked():
    """The first flag stands for it."""
    (window,) = windows_module.windows(document("Osimertinib for cancer"), tiny_tokenizer())
    own = window.features[window.words, len(windows_module.SECTIONS)]
    assert own.tolist() == [1.0, 0.0, 0.0]


def test_a_document_without_words_has_no_windows():
    """Nothing to read."""
    assert windows_module.windows(document(""), tiny_tokenizer()) == ()


def test_a_word_without_spaces_does_not_break_the_reader():
    """A run of thousands of letters is one word of a few pieces."""
    (window,) = windows_module.windows(document("a" * 5000), tiny_tokenizer())
    assert len(window.words) == 1
    assert np.all(window.ids < 30522)


def test_what_tables_found_is_a_feature_of_its_words():
    """A given Drug mention marks its word with its type, and no other word."""
    source = document("Osimertinib for cancer")
    given = Mention(Span(0, 11), "Osimertinib", EntityType.DRUG, "lexicon")
    (window,) = windows_module.windows(source, tiny_tokenizer(), [given])
    base = len(windows_module.SECTIONS) + len(windows_module.FLAGS)
    marks = window.features[window.words][:, base:]
    assert marks[0, list(EntityType).index(EntityType.DRUG)] == 1
    assert marks.sum() == 1


def places(window, *spans: tuple[int, int]):
    """First and last words of each stretch; None for one outside the window."""
    found, inside = window.places(*np.array(spans).T)
    return [tuple(place) if held else None for place, held in zip(found.tolist(), inside.tolist(), strict=True)]


def test_a_place_is_the_words_that_a_name_touches():
    """A name that begins or ends within a word has that word; one outside the window has none."""
    source = document("Osimertinib for cancer")
    (window,) = windows_module.windows(source, tiny_tokenizer())
    assert places(window, (0, 11), (16, 22), (12, 20), (16, 40)) == [(0, 0), (2, 2), (1, 2), None]


def test_a_repeated_title_is_no_place():
    """Its names are read in the first window."""
    text = " ".join(f"word{i} is here." for i in range(60))
    second = windows_module.windows(document("A title", "", text), tiny_tokenizer())[1]
    assert places(second, (0, 1)) == [None]


def test_the_first_word_of_a_clause_is_marked():
    """Where the splitter begins a clause, the encoder sees it."""
    source = document("Osimertinib for cancer")
    clause = Clause("briefTitle", Span(12, 22))
    (window,) = windows_module.windows(source, tiny_tokenizer(), (), (clause,))
    column = len(windows_module.SECTIONS) + windows_module.FLAGS.index("clause start")
    assert window.features[window.words, column].tolist() == [0.0, 1.0, 0.0]
