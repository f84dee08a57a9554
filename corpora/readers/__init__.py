"""From files on disk to documents: their text, label, readers and tenant."""

from corpora.readers.loading import read_documents
from corpora.readers.registry import FAMILIES, family_of
from corpora.readers.reports import Note, Skipped

__all__ = ["FAMILIES", "Note", "Skipped", "family_of", "read_documents"]
