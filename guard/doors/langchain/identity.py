"""Who asks, and under which request id, as one run's configuration says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config

from guard.errors import RequestError
from guard.principal import Principal
from guard.request import valid_request_id

PRINCIPAL_KEY: Final = "echoguard_principal"
"""In ``config["configurable"]``: a :class:`Principal` object; read only where the application set ``trust_config``."""
REQUEST_ID_KEY: Final = "echoguard_request_id"
"""In ``config["metadata"]``: the id that the calls of one run share."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a run's configuration states; None where it states nothing."""

    principal: Principal | None
    request_id: str | None


def stated(config: RunnableConfig | None, *, trust_config: bool) -> Stated:
    """
    Read the principal and the request id of one run.

    A graph server's clients can write a run's configuration, so a principal is taken from it only with *trust_config*,
    and only as an object: strings are refused, since whoever can send JSON can send those.

    Raises:
        RequestError: The configuration is trusted and names something other than a Principal, or the id is malformed.
    """
    whole = ensure_config(config)
    principal: object = (whole.get("configurable") or {}).get(PRINCIPAL_KEY) if trust_config else None
    if principal is not None and not isinstance(principal, Principal):
        raise RequestError(f"{PRINCIPAL_KEY} must be a Principal object, not {type(principal).__name__}")
    request_id = (whole.get("metadata") or {}).get(REQUEST_ID_KEY)
    return Stated(principal, valid_request_id(request_id))
