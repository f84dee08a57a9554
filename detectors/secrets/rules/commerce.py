"""Payment, shops, shipping and finance."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, DIGITS, HEX, LOWER, URLSAFE, mixed, sample, table, token
from detectors.secrets.rule import Rule

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        stripe-key | sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ sk_org_ | alnum 16-200 | | docs.stripe.com/keys
        stripe-cli-secret | ek_live_ ek_test_ uk_live_ uk_test_ | alnum 24-120 | | docs.stripe.com/keys
        square-token | sq0atp- sq0csp- sq0idp- | urlsafe 22-43 | | developer.squareup.com/docs/build-basics/access-tokens
        square-access-token | EAAA | urlsafe 60 | bounded | developer.squareup.com/docs/build-basics/access-tokens
        shopify-token | shpat_ shpca_ shppa_ shpss_ shptka_ shprt_ shpua_ | a-fA-F0-9 32 | | shopify.dev/docs/apps/build/authentication-authorization
        razorpay-key | rzp_live_ rzp_test_ | alnum 14-24 | | razorpay.com/docs/payments/dashboard/account-settings/api-keys/
        adyen-key | AQE | A-Za-z0-9+/=:_- 90-300 | bounded | docs.adyen.com/development-resources/api-credentials/
        lob-key | live_ test_ | hex 35 | bounded | docs.lob.com/#tag/Authentication
        lob-publishable-key | live_pub_ test_pub_ | hex 31 | bounded | docs.lob.com/#tag/Authentication
        easypost-key | EZAK EZTK | alnum 54 | | docs.easypost.com/docs/authentication
        shippo-token | shippo_live_ shippo_test_ | hex 40 | | docs.goshippo.com/docs/guides_general/authentication/
        duffel-token | duffel_live_ duffel_test_ | A-Za-z0-9_=- 43 | | duffel.com/docs/api/overview/making-requests/headers
        paddle-key | pdl_live_apikey_ pdl_sdbx_apikey_ | word 46-60 | | developer.paddle.com/api-reference/about/authentication
        woocommerce-key | ck_ cs_ | hex 40 | bounded | woocommerce.github.io/woocommerce-rest-api-docs/#authentication
        polar-token | polar_oat_ polar_pat_ polar_at_ | alnum 32-64 | | polar.sh/docs/integrate/authentication
        paystack-key | sk_live_ sk_test_ | hex 40 | | paystack.com/docs/api/authentication/
        cashfree-key | cfsk_ma_prod_ cfsk_ma_test_ | word 32-64 | | www.cashfree.com/docs/api-reference/authentication
        xendit-key | xnd_production_ xnd_development_ xnd_public_ | alnum 32-80 | | docs.xendit.co/docs/api-keys
        midtrans-key | Mid-server- SB-Mid-server- | urlsafe 20-40 | | docs.midtrans.com/docs/api-authorization-headers
        asaas-key | $aact_ | A-Za-z0-9:_=+/- 40-180 | | docs.asaas.com/docs/authentication-2
        klarna-key | klarna_live_api_ klarna_test_api_ klarna_live_client_ klarna_test_client_ | A-Za-z0-9_=/+!*()?#- 24-160 | | docs.klarna.com/api/authentication/
        pagarme-key | ak_live_ ak_test_ | alnum 28-32 | bounded | docs.pagar.me/docs/chaves-de-acesso
        aftership-key | asat_ asaf_ | hex 32 | bounded | www.aftership.com/docs/tracking/quickstart/authentication
        shipengine-key | TEST_ LIVE_ | base64 43 | bounded 0.8 | www.shipengine.com/docs/auth/
        easyship-token | prod_ sand_ | A-Za-z0-9+/= 43-44 | bounded 0.8 | developers.easyship.com/docs/authentication
        rapyd-key | rsk_ rak_ | hex 40-160 | bounded | docs.rapyd.net/en/request-signatures.html
        rainforest-key | apikey_ sbx_apikey_ | hex 64 | | docs.rainforestpay.com/docs/authentication
        omise-key | skey_ skey_test_ | lower 19-24 | bounded | docs.opn.ooo/api-authentication
        """
    ),
    token(
        "stripe-webhook-secret", "whsec_", r"A-Za-z0-9+/", (24, 64), "https://docs.stripe.com/webhooks", tail="={0,2}"
    ),
    Rule(
        name="paypal-braintree-token",
        pattern=r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
        anchor=("access_token$",),
        source="https://developer.paypal.com/braintree/docs/guides/authorization/overview",
        matches=("access_token$production$" + sample(LOWER, 16) + "$" + sample(HEX, 32),),
        near_misses=("access_token$production$" + sample(LOWER, 16),),
    ),
    Rule(
        name="braintree-tokenization-key",
        pattern=r"(?<![A-Za-z0-9])(?:production|sandbox)_[a-z0-9]{8}_[a-z0-9]{16}(?![a-z0-9])",
        anchor=("production_", "sandbox_"),
        source="https://developer.paypal.com/braintree/docs/guides/authorization/tokenization-key",
        matches=("sandbox_" + sample(LOWER, 8) + "_" + sample(LOWER, 16),),
        near_misses=("sandbox_" + sample(LOWER, 8),),
    ),
    Rule(
        name="plaid-token",
        pattern=rf"(?:access|link|public|processor)-(?:sandbox|development|production)-{_UUID}",
        anchor=("-sandbox-", "-development-", "-production-"),
        source="https://plaid.com/docs/api/tokens/",
        matches=("access-sandbox-" + _A_UUID,),
        near_misses=("access-sandbox-" + sample(HEX, 12),),
    ),
    token(
        "mollie-key",
        ("live_", "test_"),
        ALNUM,
        30,
        "https://docs.mollie.com/reference/authentication",
        bounded=True,
        valid=lambda value: any(c.isdigit() for c in value),
        confidence=0.85,
    ),
    token(
        "gocardless-token",
        ("live_", "sandbox_"),
        URLSAFE,
        40,
        "https://developer.gocardless.com/api-reference/#making-requests-api-usage",
        bounded=True,
        valid=mixed(digits=2, upper=2),
        confidence=0.85,
    ),
    token(
        "checkout-key",
        ("sk_sbox_", "sk_"),
        LOWER,
        (26, 30),
        "https://www.checkout.com/docs/developer-resources/api/authentication",
        bounded=True,
        tail=r"[a-z0-9*#$=-]?",
        valid=mixed(digits=4),
        confidence=0.8,
    ),
    Rule(
        name="checkout-legacy-key",
        pattern=rf"(?<![A-Za-z0-9])sk_(?:test_|sbox_)?{_UUID}",
        anchor=("sk_",),
        source="https://www.checkout.com/docs/developer-resources/api/authentication",
        matches=("sk_" + _A_UUID, "sk_test_" + _A_UUID),
        near_misses=("sk_" + sample(HEX, 12),),
    ),
    Rule(
        name="ebay-key",
        pattern=r"(?<![A-Za-z0-9])[A-Za-z0-9-]{3,40}-(?:PRD|SBX)-[a-f0-9]{8,9}-[a-f0-9]{8}|(?:PRD|SBX)-[a-f0-9]{12}-(?:[a-f0-9]{4}-){3}[a-f0-9]{4}",
        anchor=("prd-", "sbx-"),
        source="https://developer.ebay.com/api-docs/static/creating-edp-account.html",
        matches=("Acme-Acmeapp-PRD-" + sample(HEX, 9) + "-" + sample(HEX, 8),),
        near_misses=("Acme-Acmeapp-PRD-" + sample(HEX, 4),),
    ),
    Rule(
        name="flutterwave-key",
        pattern=r"FLW(?:PUBK|SECK)(?:_TEST)?-[A-Za-z0-9]{32,34}(?:-X)?",
        anchor=("flwpubk", "flwseck"),
        source="https://developer.flutterwave.com/docs/authentication",
        matches=("FLWSECK_TEST-" + sample(HEX, 32) + "-X",),
        near_misses=("FLWSECK_TEST-" + sample(HEX, 12),),
    ),
    token(
        "alpaca-key",
        ("PK", "AK", "CK"),
        "A-Z0-9",
        18,
        "https://docs.alpaca.markets/docs/authentication",
        bounded=True,
        confidence=0.65,
        valid=mixed(digits=4),
    ),
    token(
        "chargebee-key",
        ("live_", "test_"),
        ALNUM,
        (31, 34),
        "https://apidocs.chargebee.com/docs/api/auth",
        bounded=True,
        valid=mixed(digits=3, upper=3),
        confidence=0.75,
    ),
    token(
        "mercadopago-token",
        ("APP_USR-", "TEST-"),
        DIGITS,
        (10, 20),
        "https://www.mercadopago.com/developers/en/docs/your-integrations/credentials",
        tail=r"-[0-9]{6}-[a-f0-9]{32}-[0-9]{4,12}",
        bounded=True,
        samples=(
            "APP_USR-" + sample(DIGITS, 16) + "-" + sample(DIGITS, 6) + "-" + sample(HEX, 32) + "-" + sample(DIGITS, 9),
        ),
    ),
    token(
        "iyzico-sandbox-key",
        "sandbox-",
        ALNUM,
        32,
        "https://docs.iyzico.com/en/",
        bounded=True,
        valid=mixed(digits=3),
        confidence=0.75,
    ),
)
