"""Who asked, what to do about it, and the doors."""

from guard.engine import Guard
from guard.errors import GuardError, GuardUnavailable
from guard.principal import Principal
from guard.request import CheckRequest
from guard.verdict import Action, Verdict

__all__ = ["Action", "CheckRequest", "Guard", "GuardError", "GuardUnavailable", "Principal", "Verdict"]
