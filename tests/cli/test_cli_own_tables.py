"""Tables and ontologies that users bring: what is wrong is told at once, and what may be meant is kept."""

import pytest

from kg.errors import LexiconError
from kg.lexicon.lexicon import open_lexicon
from kg.lexicon.ontology import read_ontology
from kg.lexicon.tables import read_table
from kg.lexicon.why import why
from kg.model import EntityType
from kg.terminal import counted, one_line

HEAD = "term\tid\tlabel\ttype\n"
OBO = "[Term]\nid: MY:1\nname: glorp syndrome\n\n[Term]\nid: CHEBI:9\nname: glorpine\n"


def test_a_short_row_is_told_with_its_line_and_the_columns_needed(tmp_path):
    """Not as an unknown type ''."""
    path = tmp_path / "mine.tsv"
    path.write_text(HEAD + "a\tX:1\ta\tDrug\nbroken\n")
    with pytest.raises(LexiconError, match=r"mine\.tsv, line 3: 1 column, 4 needed"):
        read_table(path)


def test_up_to_five_bad_rows_are_told_at_once(tmp_path):
    """The rest is counted."""
    path = tmp_path / "mine.tsv"
    path.write_text(HEAD + "a\tb\n" * 2 + "good\t\tgood\tDrug\n" + "x\tnone\tx\tDrug\n" + "y\t\ty\tMolecule\n" * 4)
    with pytest.raises(LexiconError) as caught:
        read_table(path)
    text = str(caught.value)
    assert [f"line {n}: " in text for n in (2, 3, 4, 5, 6, 7, 8, 9)] == [
        True,
        True,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert text.endswith("; and 2 more") and "\n" not in text and "2 columns, 4 needed" in text


@pytest.mark.parametrize("id_", ["", "X:1"])
def test_one_term_of_two_types_keeps_both(tmp_path, id_):
    """Whether the rows have ids or not; `why` shows both."""
    path = tmp_path / "mine.tsv"
    path.write_text(HEAD + f"zorbium\t{id_}\tzorbium\tDrug\nzorbium\t{id_}\tzorbium\tTarget\n")
    found = why("zorbium", open_lexicon(extra=[path])).candidates
    assert [c.type for c in found] == [EntityType.DRUG, EntityType.TARGET]


def test_an_ontology_with_a_private_prefix_takes_its_type_from_the_path(tmp_path):
    """Terms of a known prefix keep the type of their vocabulary; a file with a sign in its name is still a file."""
    path = tmp_path / "my.obo"
    path.write_text(OBO)
    assert {e.id: e.type for e in read_ontology(path)} == {"CHEBI:9": EntityType.DRUG}
    typed = tmp_path / "my.obo=disease"
    assert {e.id: e.type for e in read_ontology(typed)} == {"CHEBI:9": EntityType.DRUG, "MY:1": EntityType.DISEASE}
    assert open_lexicon(ontologies=[typed]).lookup("glorp syndrome")[0].id == "MY:1"
    odd = tmp_path / "a=Drug.obo"
    odd.write_text(OBO)
    assert len(read_ontology(odd)) == 1


def test_an_unknown_type_or_prefix_says_what_to_write(tmp_path):
    """One line each."""
    path = tmp_path / "my.obo"
    path.write_text(OBO.split("\n\n")[0])
    with pytest.raises(LexiconError, match=r"my\.obo=Disease"):
        read_ontology(path)
    with pytest.raises(LexiconError, match="unknown type 'Illness'; use one of Drug"):
        read_ontology(tmp_path / "my.obo=Illness")


def test_bad_turtle_gives_its_reason(tmp_path):
    """Line and reason in one line."""
    path = tmp_path / "my.ttl"
    path.write_text("@prefix a: <http://a.example/> .\na:b a:c 'd'\na:e .\n")
    with pytest.raises(LexiconError, match=r"at line 3: expected '\.'") as caught:
        read_ontology(path)
    assert "\n" not in str(caught.value)


def test_words_for_people():
    """Numbers with their nouns, lines without control characters."""
    assert (counted(1, "record"), counted(0, "claim"), counted(2, "finding")) == ("1 record", "0 claims", "2 findings")
    assert one_line("a\n\x1b[31mb\u202e") == "a �[31mb�"
