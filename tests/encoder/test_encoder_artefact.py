"""The encoder that ships: it loads, reads the same twice, sees each word once, and stays small."""

from pathlib import Path

import numpy as np
import pytest

from kg.encoder.encoder import ARTEFACT, FILES, open_encoder
from kg.errors import KgError
from kg.model import Document, EntityType, Predicate, Section, Span
from kg.text.clauses import split_clauses

TEXT = ("Gefitinib is an EGFR inhibitor that is approved for the treatment of non-small cell lung cancer. "
        "We hypothesize that gefitinib plus bevacizumab improves progression-free survival.")


def record(text: str = TEXT) -> Document:
    """A hand-made record."""
    return Document("NCT00000001", "here", "test", text, (Section("briefSummary", text, text, None, 0),))


@pytest.fixture(scope="module")
def encoder():
    """The shipped one."""
    return open_encoder()


def test_the_shipped_encoder_finds_the_drug_and_the_disease(encoder):
    """A plain sentence holds no surprise."""
    encoded = encoder.encode(record(), split_clauses(record()), ())
    found = {f.span.of(TEXT).casefold(): f.type for f in encoded.names(0.3)}
    assert found["gefitinib"] is EntityType.DRUG
    assert any("lung cancer" in name and kind is EntityType.DISEASE for name, kind in found.items())


def test_the_head_tells_a_stated_relation_from_one_that_is_not(encoder):
    """The drug inhibits its target; nothing says that it inhibits the disease."""
    encoded = encoder.encode(record(), split_clauses(record()), ())
    drug, target = (Span(TEXT.index(w), TEXT.index(w) + len(w)) for w in ("Gefitinib", "EGFR"))
    disease = Span(TEXT.index("non-small"), TEXT.index("cancer.") + 6)
    pairs = [((drug, EntityType.DRUG), (target, EntityType.TARGET)), ((drug, EntityType.DRUG), (disease, EntityType.DISEASE))]
    scores, statuses = encoder.scores(encoded, pairs)
    inhibits = 2 * tuple(Predicate).index(Predicate.INHIBITS)
    assert scores[0, inhibits] > scores[1, inhibits]
    assert np.allclose(statuses.sum(1), 1, atol=1e-5)


def test_reading_twice_gives_the_same(encoder):
    """No chance is left in it."""
    first, second = (encoder.encode(record(), (), ()) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first.hidden, second.hidden, strict=True))


def test_a_pair_that_no_window_holds_scores_nothing(encoder):
    """Two names pages apart are not read together."""
    text = TEXT + " " + "Nothing else is said here. " * 200 + "Bevacizumab ends it."
    encoded = encoder.encode(record(text), (), ())
    assert len(encoded.windows) > 1
    last = text.index("Bevacizumab")
    scores, _ = encoder.scores(encoded, [((Span(0, 9), EntityType.DRUG), (Span(last, last + 11), EntityType.DRUG))])
    assert not scores.any()


def test_a_record_without_words_is_read(encoder):
    """Nothing in, nothing out."""
    empty = Document("NCT00000001", "here", "test", "", ())
    encoded = encoder.encode(empty, (), ())
    assert encoded.names(0.1) == () and encoder.scores(encoded, [])[0].shape == (0, 30)


def test_the_models_stay_under_forty_megabytes():
    """What the wheel can carry."""
    assert sum(p.stat().st_size for p in Path(ARTEFACT).parent.rglob("*") if p.is_file()) < 40_000_000


def test_a_missing_file_is_named(tmp_path):
    """The error says what is missing and where."""
    with pytest.raises(KgError, match=r"encoder\.onnx: missing"):
        open_encoder(tmp_path)


def test_the_model_card_ships_with_the_model():
    """Data, licences, figures and limits."""
    card = (ARTEFACT / "MODEL_CARD.md").read_text("utf-8")
    assert all(word in card for word in ("Data", "Licence", "Figures", "Limits")) and all((ARTEFACT / n).is_file() for n in FILES)


def test_a_stretch_is_as_likely_a_name_as_its_last_word(encoder):
    """The drug's name is one, the word behind it is none, and what no window holds is none either."""
    encoded = encoder.encode(record(), split_clauses(record()), ())
    drug, word, nowhere = Span(0, 9), Span(10, 12), Span(len(TEXT) + 5, len(TEXT) + 9)
    chances = encoded.chances([drug, word, nowhere])
    assert chances[drug] > 0.5 > chances[word] > chances[nowhere] == 0.0
