"""Reading ``[entitlements]`` of an ``echoguard.toml``."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter

from guard.errors import ConfigError
from guard.policy_schema import EntitlementsTable, OpenFgaTable
from guard.settings import EntitlementSetting, OpenFgaSetting


def entitlement_setting(
    table: EntitlementsTable, *, where: str, variable: Callable[[str, str], str]
) -> EntitlementSetting:
    """
    Return the setting that *table* describes.

    Args:
        table: As read.
        where: The file, for messages.
        variable: Returns the value of a variable of the environment, given its name and the key that names it.

    Raises:
        ConfigError: What the source needs is missing, or what it does not use is there.
    """
    if (table.callable is not None) != (table.source == "callable"):
        raise ConfigError(f'{where}: [entitlements] callable goes with source = "callable", and only with it')
    if (table.openfga is not None) != (table.source == "openfga"):
        raise ConfigError(f'{where}: [entitlements.openfga] goes with source = "openfga", and only with it')
    openfga = None if table.openfga is None else _openfga(table.openfga, where, variable)
    return EntitlementSetting(source=table.callable, openfga=openfga, cache_seconds=table.cache_seconds)


def _openfga(table: OpenFgaTable, where: str, variable: Callable[[str, str], str]) -> OpenFgaSetting:
    for name, template, fields in (
        ("user", table.user, {"tenant", "user"}),
        ("object", table.object, {"corpus", "id"}),
    ):
        try:
            used = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
        except ValueError:
            used = {""}
        if not used <= fields or max(fields & {"user", "id"}) not in used or ":" not in template:
            raise ConfigError(
                f"{where}: entitlements.openfga.{name} is a type, a colon and {{{'} and {'.join(sorted(fields))}}}"
            )
    token = None
    if table.token_env is not None:
        token = variable(table.token_env, f"{where}: entitlements.openfga.token_env")
    return OpenFgaSetting(
        url=table.url.rstrip("/"),
        store=table.store,
        model=table.model,
        token=token,
        relation=table.relation,
        user=table.user,
        object=table.object,
        timeout=table.timeout,
    )
