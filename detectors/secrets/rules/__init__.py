"""All rules, by family of service."""

from __future__ import annotations

from typing import Final

from detectors.secrets.rule import Rule
from detectors.secrets.rules.ai import RULES as AI
from detectors.secrets.rules.cloud import RULES as CLOUD
from detectors.secrets.rules.commerce import RULES as COMMERCE
from detectors.secrets.rules.data import RULES as DATA
from detectors.secrets.rules.development import RULES as DEVELOPMENT
from detectors.secrets.rules.formats import RULES as FORMATS
from detectors.secrets.rules.messaging import RULES as MESSAGING
from detectors.secrets.rules.operations import RULES as OPERATIONS
from detectors.secrets.rules.wallets import RULES as WALLETS
from detectors.secrets.rules.webhooks import RULES as WEBHOOKS

RULES: Final[tuple[Rule, ...]] = (
    *FORMATS,
    *AI,
    *CLOUD,
    *COMMERCE,
    *DATA,
    *DEVELOPMENT,
    *MESSAGING,
    *OPERATIONS,
    *WALLETS,
    *WEBHOOKS,
)
