"""Observability, security, identity and operations."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, BASE64, HEX, UPPER, URLSAFE, mixed, sample, table, token
from detectors.secrets.rule import Rule

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)
_RELIC: Final = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        newrelic-user-key | NRAK- | upper 27 | | docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
        newrelic-browser-key | NRJS- | hex 19 | | docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
        newrelic-insert-key | NRII- NRIQ- NRRA- NRBR- | urlsafe 27-42 | | docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
        sentry-user-token | sntryu_ sntrya_ sntryi_ | hex 64 | | docs.sentry.io/account/auth-tokens/
        sentry-org-token | sntrys_eyJ | A-Za-z0-9+/=_ 80-500 | | docs.sentry.io/account/auth-tokens/
        honeycomb-key | hcaik_ hcbik_ hccik_ hcxik_ hcxmk_ hcamk_ | lower 58-64 | | docs.honeycomb.io/configure/environments/manage-api-keys/
        posthog-key | phc_ phx_ phs_ phr_ | urlsafe 40-64 | | posthog.com/docs/api
        checkly-key | cu_ | hex 32 | bounded | www.checklyhq.com/docs/accounts-and-users/creating-api-key/
        stytch-secret | secret-live- secret-test- | A-Za-z0-9_=- 36 | bounded | stytch.com/docs/api
        socket-token | sktsec_ sktsc_ | urlsafe 40-80 | | docs.socket.dev/docs/api-keys
        nightfall-key | NF- | alnum 32 | bounded | help.nightfall.ai/developer-api
        prefect-key | pnu_ pnb_ | alnum 36 | bounded | docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys
        dbt-token | dbtc_ dbtu_ dbts_ | A-Za-z0-9_=- 36-60 | | docs.getdbt.com/docs/dbt-cloud-apis/authentication
        ngrok-key | ak_2 cr_2 | alnum 26 | bounded 0.8 | ngrok.com/docs/api
        elastic-cloud-key | essu_ essd_ | A-Za-z0-9+/=_- 32-400 | | www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys
        rootly-token | rootly_ | hex 64 | | docs.rootly.com/api-reference/overview
        coralogix-key | cxtp_ cxth_ cxup_ cxuw_ | alnum 30 | bounded | coralogix.com/docs/user-guides/account-management/api-keys/api-keys/
        logfire-token | pylf_v1_us_ pylf_v1_eu_ pylf_v2_us_ pylf_v2_eu_ | alnum 43 | | logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/
        mezmo-key | sts_ | hex 32 | bounded 0.8 | docs.mezmo.com/docs/ingestion-key
        pagerduty-user-token | u+ | A-Za-z0-9_+- 18 | bounded | support.pagerduty.com/main/docs/api-access-keys
        datadog-pat | ddpat_ ddapp_ | alnum 32-64 | | docs.datadoghq.com/account_management/personal-access-tokens/
        fullstory-key | na1. eu1. | base64 40-120 | bounded 0.7 | developer.fullstory.com/server/authentication/
        metabase-key | mb_ | base64 43-44 | bounded | www.metabase.com/docs/latest/people-and-groups/api-keys
        hex-tech-token | hxtp_ hxtw_ | hex 64-128 | | learn.hex.tech/docs/api/api-overview
        """
    ),
    Rule(
        name="newrelic-license-key",
        pattern=r"(?<![A-Za-z0-9])(?:[a-f0-9]{36}|[a-z]{2}[0-9]{2}xx[a-f0-9]{30})(?:NRAL|FFFFNRAL)(?![A-Za-z0-9])",
        anchor=("nral",),
        source=_RELIC,
        matches=(sample(HEX, 36) + "NRAL",),
        near_misses=(sample(HEX, 20) + "NRAL",),
    ),
    token(
        "grafana-cloud-token",
        "glc_",
        BASE64,
        (32, 400),
        "https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/access-policies/",
        tail="={0,3}",
    ),
    Rule(
        name="grafana-service-account-token",
        pattern=r"glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}",
        anchor=("glsa_",),
        source="https://grafana.com/docs/grafana/latest/administration/service-accounts/",
        matches=("glsa_" + sample(ALNUM, 32) + "_" + sample(HEX, 8),),
        near_misses=("glsa_" + sample(ALNUM, 32),),
    ),
    token(
        "grafana-api-key",
        "eyJrIjoi",
        BASE64,
        (60, 400),
        "https://grafana.com/docs/grafana/latest/administration/api-keys/",
        tail="={0,3}",
    ),
    Rule(
        name="sentry-dsn-secret",
        pattern=r"https://[a-f0-9]{32}:(?P<secret>[a-f0-9]{32})@[A-Za-z0-9.-]{4,100}/[0-9]{1,20}",
        anchor=("https://",),
        source="https://docs.sentry.io/concepts/key-terms/dsn-explainer/",
        matches=("https://" + sample(HEX, 32) + ":" + sample(HEX, 32, seed=2) + "@sentry.acme.test/42",),
        near_misses=("https://" + sample(HEX, 32) + "@sentry.acme.test/42",),
    ),
    Rule(
        name="dynatrace-token",
        pattern=r"dt0[a-zA-Z][0-9]{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}",
        anchor=("dt0",),
        source="https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication",
        matches=("dt0c01." + sample(UPPER, 24) + "." + sample(UPPER, 64),),
        near_misses=("dt0c01." + sample(UPPER, 24) + "." + sample(UPPER, 20),),
    ),
    Rule(
        name="axiom-token",
        pattern=rf"xa[ap]t-{_UUID}",
        anchor=("xaat-", "xapt-"),
        source="https://axiom.co/docs/reference/tokens",
        matches=("xaat-" + _A_UUID,),
        near_misses=("xaat-" + sample(HEX, 20),),
    ),
    Rule(
        name="uptimerobot-key",
        pattern=r"(?<![A-Za-z0-9])(?:u|m|ur)[0-9]{5,10}-[a-f0-9]{24}(?![A-Za-z0-9])",
        anchor=("u", "m"),
        source="https://uptimerobot.com/api/",
        matches=("u1234567-" + sample(HEX, 24),),
        near_misses=("u1234567-" + sample(HEX, 20),),
    ),
    Rule(
        name="tailscale-key",
        pattern=r"tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,30}(?:CNTRL)?-[A-Za-z0-9]{12,64}|tskey-[A-Za-z0-9]{12,30}",
        anchor=("tskey-",),
        source="https://tailscale.com/kb/1277/key-prefixes",
        matches=("tskey-auth-" + sample(ALNUM, 12) + "CNTRL-" + sample(ALNUM, 32),),
        near_misses=("tskey-" + sample(ALNUM, 6),),
    ),
    token(
        "okta-token",
        "00",
        URLSAFE,
        40,
        "https://developer.okta.com/docs/guides/create-an-api-token/main/",
        bounded=True,
        valid=mixed(upper=5, lower=5),
        confidence=0.75,
    ),
    token(
        "statsig-key",
        ("secret-", "console-"),
        ALNUM,
        (40, 50),
        "https://docs.statsig.com/console-api/introduction",
        bounded=True,
        valid=lambda value: any(c.isdigit() for c in value),
        confidence=0.85,
    ),
    token(
        "databricks-token",
        ("dapi", "dkea", "dose"),
        HEX,
        32,
        "https://docs.databricks.com/en/dev-tools/auth/pat.html",
        tail=r"(?:-[0-9])?",
        bounded=True,
    ),
    token(
        "salesforce-session",
        ("00D",),
        ALNUM,
        (12, 15),
        "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_tokens.htm",
        tail=r"![A-Za-z0-9._]{60,160}",
        samples=("00D" + sample(ALNUM, 12) + "!" + sample(ALNUM, 96),),
    ),
)
