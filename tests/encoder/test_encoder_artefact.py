"""The artefact that ships: it loads, reads the same twice, and stays small."""

import pytest

from kg.model import Document, Section

pytest.importorskip("onnxruntime")
encoder_module = pytest.importorskip("kg.encoder.encoder")

MISSING = [n for n in encoder_module.FILES if not (encoder_module.ARTEFACT / n).is_file()]
needs_artefact = pytest.mark.skipif(bool(MISSING), reason=f"no learned reader here: {', '.join(MISSING)} missing")
TEXT = ("Gefitinib is an EGFR inhibitor that is approved for the treatment of non-small cell lung cancer. "
        "We hypothesize that gefitinib plus bevacizumab improves progression-free survival.")


def record() -> Document:
    """A hand-made record."""
    return Document("NCT00000001", "here", "test", TEXT, (Section("briefSummary", TEXT, TEXT, None, 0),))


@needs_artefact
def test_the_shipped_reader_finds_the_drug_and_the_disease():
    """A plain sentence holds no surprise."""
    found = {TEXT[m.span.start : m.span.end].casefold() for m in encoder_module.open_encoder().read(record()).mentions}
    assert "gefitinib" in found
    assert any("lung cancer" in name for name in found)


@needs_artefact
def test_reading_twice_gives_the_same():
    """No chance is left in it."""
    encoder = encoder_module.open_encoder()
    assert encoder.read(record()) == encoder.read(record())


@needs_artefact
def test_the_artefact_stays_under_forty_megabytes():
    """What the wheel can carry."""
    assert sum((encoder_module.ARTEFACT / n).stat().st_size for n in encoder_module.FILES) < 40_000_000


def test_a_missing_file_is_named(tmp_path):
    """The error says what is missing and where."""
    with pytest.raises(encoder_module.LexiconError, match=r"encoder\.onnx: missing"):
        encoder_module.open_encoder(tmp_path)
