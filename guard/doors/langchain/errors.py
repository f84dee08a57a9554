"""
What only this door raises.

* GuardError (of ``guard``)
  + NotAdmitted           the question was refused before anything was retrieved: try again when it says
"""

from __future__ import annotations

from guard.errors import GuardError
from guard.verdict import Admission, Reason


class NotAdmitted(GuardError):
    """
    The question was refused before anything was retrieved.

    Attributes:
        reason: limit or contained.
        retry_after: Seconds until it is worth trying again.
        request_id: As in the ledger and the logs.
    """

    def __init__(self, admission: Admission) -> None:
        super().__init__(
            f"the question was not admitted ({admission.reason.value}); retry after {admission.retry_after:.0f} s"
        )
        self.reason: Reason = admission.reason
        self.retry_after = admission.retry_after
        self.request_id = admission.request_id
