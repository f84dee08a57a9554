"""Keys that hold coins, identities and whole machines: told by a checksum or a long fixed form."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets import validators
from detectors.secrets.build import ALNUM, BASE64, HEX, sample, table
from detectors.secrets.rule import Rule

_BASE58: Final = "1-9A-HJ-NP-Za-km-z"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        nostr-secret-key | nsec1 | qpzry9x8gf2tvdw0s3jn54khce6mua7l 58 | bounded | github.com/nostr-protocol/nips/blob/master/19.md
        sui-private-key | suiprivkey1 | qpzry9x8gf2tvdw0s3jn54khce6mua7l 58-62 | bounded | docs.sui.io/concepts/cryptography/transaction-auth/keys-addresses
        bitcoin-extended-private-key | xprv yprv zprv tprv | 1-9A-HJ-NP-Za-km-z 107-108 | | github.com/bitcoin/bips/blob/master/bip-0032.mediawiki
        tezos-secret-key | edsk | 1-9A-HJ-NP-Za-km-z 50 | bounded | opentezos.com/tezos-basics/cli-and-rpc/
        cardano-signing-key | ed25519_sk1 ed25519e_sk1 addr_sk1 stake_sk1 root_xsk1 | qpzry9x8gf2tvdw0s3jn54khce6mua7l 58-170 | bounded | cips.cardano.org/cip/CIP-0005
        """
    ),
    Rule(
        name="bitcoin-private-key",
        pattern=rf"(?<![A-Za-z0-9])[5KLc9][{_BASE58}]{{50,51}}(?![A-Za-z0-9])",
        anchor=("5", "k", "l", "c", "9"),
        source="https://en.bitcoin.it/wiki/Wallet_import_format",
        matches=(
            validators.base58check(b"\x80" + bytes(range(7, 39)) + b"\x01"),
            validators.base58check(b"\x80" + bytes(range(7, 39))),
        ),
        near_misses=("5" + sample(_BASE58, 50),),
        valid=validators.wallet_import,
    ),
    Rule(
        name="stellar-secret-seed",
        pattern=r"(?<![A-Z0-9])S[A-Z2-7]{55}(?![A-Z0-9])",
        anchor=("s",),
        source="https://developers.stellar.org/docs/learn/fundamentals/stellar-data-structures/accounts",
        matches=(validators.stellar_seed(bytes(range(3, 35))),),
        near_misses=("S" + sample("A-Z2-7", 55),),
        valid=validators.stellar,
    ),
    Rule(
        name="kubeconfig-client-key",
        pattern=r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,8000}={0,2}",
        anchor=("ls0tls1crudjti",),
        source="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/",
        matches=(validators.encoded_key("RSA "), validators.encoded_key("")),
        near_misses=(validators.encoded_certificate(),),
        valid=validators.encoded_private_key,
    ),
    Rule(
        name="bitwarden-client-token",
        pattern=rf"(?<![A-Za-z0-9])0\.{_UUID}\.[A-Za-z0-9]{{30}}:[A-Za-z0-9+/]{{22}}==",
        anchor=("0.",),
        source="https://bitwarden.com/help/access-tokens/",
        matches=("0." + _A_UUID + "." + sample(ALNUM, 30) + ":" + sample(ALNUM, 22) + "==",),
        near_misses=("0." + _A_UUID + "." + sample(ALNUM, 20) + ":" + sample(ALNUM, 22) + "==",),
    ),
    Rule(
        name="laravel-app-key",
        pattern=r"(?:APP_KEY|app_key)=\"?base64:(?P<secret>[A-Za-z0-9+/]{43}=)",
        anchor=("app_key=",),
        source="https://laravel.com/docs/encryption",
        matches=("APP_KEY=base64:" + sample(BASE64, 43) + "=",),
        near_misses=("APP_KEY=base64:" + sample(BASE64, 20) + "=",),
    ),
    Rule(
        name="django-secret-key",
        pattern=r"django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{40,60}",
        anchor=("django-insecure-",),
        source="https://docs.djangoproject.com/en/stable/ref/settings/#secret-key",
        matches=("django-insecure-" + sample("a-z0-9", 50),),
        near_misses=("django-insecure-" + sample("a-z0-9", 20),),
    ),
    Rule(
        name="apr1-password-hash",
        pattern=r"\$(?:apr1|1)\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}(?![./A-Za-z0-9])",
        anchor=("$apr1$", "$1$"),
        source="https://httpd.apache.org/docs/2.4/misc/password_encryptions.html",
        matches=(
            "$apr1$" + sample(ALNUM, 8) + "$" + sample(ALNUM, 22),
            "$1$" + sample(ALNUM, 8) + "$" + sample(ALNUM, 22),
        ),
        near_misses=("$apr1$" + sample(ALNUM, 8),),
        confidence=0.8,
    ),
    Rule(
        name="webex-bot-token",
        pattern=r"(?<![A-Za-z0-9])[A-Za-z0-9]{64}_[A-Z0-9]{4}_" + _UUID,
        anchor=("_",),
        source="https://developer.webex.com/docs/bots",
        matches=(sample(ALNUM, 64) + "_PF84_" + _A_UUID,),
        near_misses=(sample(ALNUM, 60) + "_PF84_" + _A_UUID,),
    ),
    Rule(
        name="pubnub-secret-key",
        pattern=r"sec-c-[A-Za-z0-9+/=-]{36,64}",
        anchor=("sec-c-",),
        source="https://www.pubnub.com/docs/general/setup/account-setup",
        matches=("sec-c-" + sample(ALNUM, 48), "sec-c-" + _A_UUID),
        near_misses=("sec-c-" + sample(ALNUM, 20),),
    ),
    Rule(
        name="ably-root-key",
        pattern=r"(?<![A-Za-z0-9_.-])[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])",
        anchor=(":",),
        source="https://ably.com/docs/auth/basic",
        matches=(sample(ALNUM, 6) + "." + sample(ALNUM, 6, seed=2) + ":" + sample(ALNUM, 43),),
        near_misses=(sample(ALNUM, 6) + "." + sample(ALNUM, 6, seed=2) + ":" + sample(ALNUM, 30),),
    ),
    Rule(
        name="viber-auth-token",
        pattern=r"(?<![a-f0-9-])[a-f0-9]{16}-[a-f0-9]{16}-[a-f0-9]{16}(?![a-f0-9-])",
        anchor=("-",),
        source="https://developers.viber.com/docs/api/rest-bot-api/",
        matches=(sample(HEX, 16) + "-" + sample(HEX, 16, seed=2) + "-" + sample(HEX, 16, seed=3),),
        near_misses=(sample(HEX, 16) + "-" + sample(HEX, 16, seed=2),),
    ),
    Rule(
        name="infobip-key",
        pattern=r"(?<![a-f0-9-])[a-f0-9]{32}-" + _UUID + r"(?![a-f0-9-])",
        anchor=("-",),
        source="https://www.infobip.com/docs/essentials/api-authentication",
        matches=(sample(HEX, 32) + "-" + _A_UUID,),
        near_misses=(sample(HEX, 30) + "-" + _A_UUID,),
    ),
    Rule(
        name="fal-key",
        pattern=rf"(?<![a-f0-9-]){_UUID}:[a-f0-9]{{32}}(?![a-f0-9])",
        anchor=("-",),
        source="https://docs.fal.ai/authentication/key-based",
        matches=(_A_UUID + ":" + sample(HEX, 32),),
        near_misses=(_A_UUID + ":" + sample(HEX, 20),),
    ),
    Rule(
        name="boundary-token",
        pattern=r"(?<![A-Za-z0-9])at_[A-Za-z0-9]{10}_s1[A-Za-z0-9]{50,400}",
        anchor=("at_",),
        source="https://developer.hashicorp.com/boundary/docs/concepts/security/authentication",
        matches=("at_" + sample(ALNUM, 10) + "_s1" + sample(ALNUM, 120),),
        near_misses=("at_" + sample(ALNUM, 10) + "_s1" + sample(ALNUM, 20),),
    ),
    Rule(
        name="pixie-key",
        pattern=rf"(?<![A-Za-z0-9])px-(?:api|dep)-{_UUID}",
        anchor=("px-api-", "px-dep-"),
        source="https://docs.px.dev/reference/admin/api-keys/",
        matches=("px-api-" + _A_UUID, "px-dep-" + _A_UUID),
        near_misses=("px-dep-" + sample(HEX, 30),),
    ),
    Rule(
        name="tatum-key",
        pattern=r"(?<![A-Za-z0-9])t-[a-f0-9]{24}-[a-f0-9]{24}(?![a-f0-9])",
        anchor=("t-",),
        source="https://docs.tatum.io/docs/authentication",
        matches=("t-" + sample(HEX, 24) + "-" + sample(HEX, 24, seed=2),),
        near_misses=("t-" + sample(HEX, 24),),
    ),
    Rule(
        name="unleash-token",
        pattern=r"(?<![A-Za-z0-9])(?:\*|[a-z0-9_-]{1,40}):[a-z0-9_-]{1,40}\.[a-f0-9]{56,64}(?![a-f0-9])",
        anchor=(":",),
        source="https://docs.getunleash.io/reference/api-tokens-and-client-keys",
        matches=("*:production." + sample(HEX, 56), "default:development." + sample(HEX, 56)),
        near_misses=("default:development." + sample(HEX, 40),),
    ),
    Rule(
        name="coinbase-cdp-key-name",
        pattern=rf"organizations/{_UUID}/apiKeys/{_UUID}",
        anchor=("organizations/",),
        source="https://docs.cdp.coinbase.com/get-started/authentication/cdp-api-keys",
        matches=("organizations/" + _A_UUID + "/apiKeys/" + _A_UUID,),
        near_misses=("organizations/" + _A_UUID,),
        confidence=0.8,
    ),
    Rule(
        name="baseten-key",
        pattern=r"(?<![A-Za-z0-9.])[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}(?![A-Za-z0-9.])",
        anchor=(".",),
        source="https://docs.baseten.co/observability/api-keys",
        matches=(sample(ALNUM, 8) + "." + sample(ALNUM, 32, seed=2),),
        near_misses=("settings." + "theconfigurationofallthingsknown",),
        valid=lambda value: validators.random_parts(value, "."),
        confidence=0.7,
    ),
)
