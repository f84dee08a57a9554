"""Who may read a document, and who says so."""

from guard.access.entitlements.readers import free_to_read, may_read, open_to_all
from guard.access.entitlements.sources import BY_READERS, Entitlements, Source

__all__ = ["BY_READERS", "Entitlements", "Source", "free_to_read", "may_read", "open_to_all"]
