"""
Rights from an OpenFGA server.

Source:
    The Check and Batch Check requests of OpenFGA's API, through its own client (https://openfga.dev/api/service).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from guard.errors import ConfigError

if TYPE_CHECKING:
    from corpora.document import DocumentInfo, DocumentRef
    from guard.principal import Principal
    from guard.settings import OpenFgaSetting

BATCH: Final = 50
"""Checks per request, which is the server's own bound unless it is set otherwise."""


class OpenFga:
    """
    Asks an OpenFGA server.  A :class:`guard.access.entitlements.sources.Source`.

    Names are percent-encoded before they stand in ``user`` and ``object``, so no choice of names reaches another type
    or relation.

    Raises:
        ConfigError: The client is not installed, or refuses the settings.
    """

    def __init__(self, setting: OpenFgaSetting) -> None:
        try:
            sdk: Any = import_module("openfga_sdk")
            client: Any = import_module("openfga_sdk.sync")
            self._models: Any = import_module("openfga_sdk.client.models")
        except ImportError as error:
            raise ConfigError(
                "entitlements name an OpenFGA server, and its client is not installed: pip install 'echoguard[openfga]'"
            ) from error
        credentials = None
        if setting.token is not None:
            credentials = sdk.credentials.Credentials(
                method="api_token",
                configuration=sdk.credentials.CredentialConfiguration(api_token=setting.token),
            )
        try:
            configuration = sdk.ClientConfiguration(
                api_url=setting.url,
                store_id=setting.store,
                authorization_model_id=setting.model,
                credentials=credentials,
                timeout_millisec=int(1000 * setting.timeout),
                retry_params=sdk.configuration.RetryParams(max_retry=1, min_wait_in_ms=50, max_wait_in_sec=1),
                telemetry={},  # nothing about who asked for what leaves for anywhere else
            )
            configuration.is_valid()
            self._client = client.OpenFgaClient(configuration)
        except (sdk.FgaValidationException, sdk.ApiValueError, ValueError, TypeError) as error:
            raise ConfigError(
                f"entitlements.openfga was refused by its client ({type(error).__name__}): url needs a scheme, "
                "store and model are ULIDs of 26 letters and digits"
            ) from None
        self._setting = setting

    def __call__(self, principal: Principal, documents: Sequence[DocumentInfo], /) -> Collection[DocumentRef]:
        """Return those of *documents* that the server says *principal* may read."""
        user = self._setting.user.format(tenant=_quoted(principal.tenant), user=_quoted(principal.user or ""))
        checks = [
            self._models.ClientBatchCheckItem(
                user=user,
                relation=self._setting.relation,
                object=self._setting.object.format(corpus=_quoted(info.corpus), id=_quoted(info.id)),
                correlation_id=str(number),
            )
            for number, info in enumerate(documents)
        ]
        answer = self._client.batch_check(
            self._models.ClientBatchCheckRequest(checks=checks),
            {"max_batch_size": BATCH, "max_parallel_requests": 2},
        )
        # What failed by itself or was left out of the answer is not allowed.
        return {
            documents[int(one.correlation_id)].ref for one in answer.result if one.error is None and one.allowed is True
        }

    def close(self) -> None:
        """Give connections back."""
        self._client.close()


def _quoted(name: str) -> str:
    return quote(name, safe="")
