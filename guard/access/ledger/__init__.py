"""How much of which document each user and tenant has been shown, and how often it was retrieved."""

from guard.access.ledger.base import Account, Charge, Count, Exposure, Ledger, Reservation, Reset, Retrieval
from guard.access.ledger.opening import open_ledger

__all__ = ["Account", "Charge", "Count", "Exposure", "Ledger", "Reservation", "Reset", "Retrieval", "open_ledger"]
