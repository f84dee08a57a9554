"""What must not leak, and finding it in a text."""

from corpora.corpus import Corpus
from corpora.document import Document, DocumentInfo, DocumentRef
from corpora.match import Match
from corpora.span import Span

__all__ = ["Corpus", "Document", "DocumentInfo", "DocumentRef", "Match", "Span"]
