"""
Everything the suite raises.

* ProbeError               base: the suite could not run, so nothing is known about the target
  + ProbeSettingError      an option or a corpus cannot be probed with: the message names what to change
  + TargetError            the target gave no usable answer (down, timed out, garbage): never taken for a clean answer

No message holds any part of a prompt, an answer or a document.
"""

from __future__ import annotations


class ProbeError(Exception):
    """The suite could not run; nothing is known about the target."""


class ProbeSettingError(ProbeError):
    """An option or a corpus cannot be probed with; change what the message names."""


class TargetError(ProbeError):
    """
    The target gave no usable answer.

    Attributes:
        again: Whether asking once more may help (a timeout, a busy or broken server).
        after: Seconds the target asked to wait first; None when it did not say.
    """

    def __init__(self, message: str, *, again: bool = False, after: float | None = None) -> None:
        super().__init__(message)
        self.again = again
        self.after = after
