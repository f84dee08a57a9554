"""Settings pick the source of rights; a client is imported here and only then."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from guard.access.entitlements.sources import Entitlements, Source
from guard.errors import ConfigError

if TYPE_CHECKING:
    from guard.settings import EntitlementSetting


def open_entitlements(setting: EntitlementSetting) -> Entitlements:
    """
    Return what decides who may read what.

    Raises:
        ConfigError: The function cannot be imported, or the client of the server is not installed or refuses its
            settings.
    """
    if setting.openfga is not None:
        from guard.access.entitlements.openfga import OpenFga

        return Entitlements(OpenFga(setting.openfga), seconds=setting.cache_seconds)
    if setting.source is None:
        return Entitlements()
    source = setting.source if callable(setting.source) else imported(setting.source)
    return Entitlements(source, seconds=setting.cache_seconds)


def imported(name: str) -> Source:
    """
    Return the function that ``package.module:function`` names.

    Raises:
        ConfigError: There is none.
    """
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise ConfigError(f"entitlements.callable is {name!r}; write it as package.module:function")
    try:
        found: Any = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"entitlements.callable {name!r} cannot be imported ({type(error).__name__})") from error
    if not callable(found):
        raise ConfigError(f"entitlements.callable {name!r} is no function")
    source: Source = found
    return source
