"""The errors a user can meet. Imports nothing.

    KgError
     ├─ SourceError      a file or a record cannot be read
     ├─ LexiconError     a synonym table or an ontology cannot be read
     ├─ StoreError       a graph cannot be loaded or saved
     ├─ QueryError       a SPARQL query is refused or wrong
     └─ OutputError      a result cannot be written

A message is one line that names the file, the place, what was wrong and what to do.
"""


class KgError(Exception):
    """A problem that the user can mend; the message is one line."""


class SourceError(KgError):
    """A file or a record that cannot be read as a trial."""


class LexiconError(KgError):
    """A synonym table or an ontology that cannot be read."""


class StoreError(KgError):
    """A graph file that cannot be loaded or saved."""


class QueryError(KgError):
    """A SPARQL query that is refused or does not parse."""


class OutputError(KgError):
    """A place where results cannot be written."""
