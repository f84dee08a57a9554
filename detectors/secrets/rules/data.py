"""Databases, data services and content."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, DIGITS, URLSAFE, mixed, sample, table, token
from detectors.secrets.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        planetscale-token | pscale_tkn_ pscale_pw_ pscale_oauth_ | A-Za-z0-9_=.- 32-64 | | planetscale.com/docs/api/reference/service-tokens
        neon-key | napi_ | lower 60-70 | | neon.com/docs/manage/api-keys
        neon-password | npg_ | alnum 12-24 | bounded | neon.com/docs/connect/connect-from-any-app
        mongodb-atlas-secret | mdb_sa_sk_ | urlsafe 40 | | www.mongodb.com/docs/atlas/api/service-accounts-overview/
        aiven-password | AVNS_ | urlsafe 17-22 | | aiven.io/docs/platform/concepts/service-users
        fauna-key | fnA fnE | urlsafe 36-42 | bounded | docs.fauna.com/fauna/current/learn/security/keys/
        influxdb-token | apiv3_ | urlsafe 60-100 | | docs.influxdata.com/influxdb3/core/admin/tokens/
        confluent-secret | cflt | base64 60 | bounded | docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html
        shopware-key | SWIA SWUA SWSC | upper 22 | bounded | developer.shopware.com/docs/guides/integrations-api/
        scalingo-token | tk-us- | urlsafe 48 | bounded | developers.scalingo.com/authentication
        imagekit-key | private_ | A-Za-z0-9+/= 20-40 | bounded 0.8 | imagekit.io/docs/api-keys
        beamer-key | b_ | A-Za-z0-9_=- 44 | bounded | www.getbeamer.com/api
        nylas-key | nyk_v0_ | alnum 64 | | developer.nylas.com/docs/v3/auth/
        unkey-root-key | unkey_ | alnum 20-40 | | www.unkey.com/docs/security/root-keys
        defined-networking-token | dnkey- | A-Z2-7- 79 | bounded | docs.defined.net/guides/automating-host-creation/
        zuplo-key | zpka_ | a-z0-9_ 32-64 | | zuplo.com/docs/articles/api-key-api
        ubidots-key | BBFF- BBUS- | alnum 30-40 | bounded | docs.ubidots.com/reference/authentication
        aikido-key | AIK_CLIENT_ AIK_SECRET_ AIK_RUNTIME_ AIK_CI_ | A-Za-z0-9_ 20-90 | | apidocs.aikido.dev/reference/authorization
        alibaba-sts-key-id | STS. | alnum 20-40 | bounded | www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
        retell-key | key_ | hex 28 | bounded | docs.retellai.com/api-references/overview
        scale-key | live_ test_ | hex 32 | bounded | scale.com/docs/authentication
        clickhouse-cloud-secret | 4b1d | alnum 38 | bounded | clickhouse.com/docs/cloud/manage/openapi
        alchemy-key | alcht_ | alnum 30 | | www.alchemy.com/docs/create-an-api-key
        quicknode-key | QN_ | hex 32 | bounded | www.quicknode.com/docs/console-api/authentication
        covalent-key | cqt_r cqt_w | alnum 27 | bounded | goldrush.dev/docs/quickstart
        blockfrost-key | mainnet preprod preview testnet | alnum 32 | bounded 0.8 | docs.blockfrost.io/start-building/api
        dfuse-key | web_ server_ mobile_ | hex 32 | bounded | docs.dfuse.eosnation.io/platform/dfuse-cloud/authentication/
        """
    ),
    token(
        "cockroach-key",
        "CCDB1_",
        ALNUM,
        22,
        "https://www.cockroachlabs.com/docs/cockroachcloud/managing-access",
        tail=r"_[A-Za-z0-9]{40}",
        samples=("CCDB1_" + sample(ALNUM, 22) + "_" + sample(ALNUM, 40),),
    ),
    token(
        "tinybird-token",
        "p.eyJ",
        r"A-Za-z0-9_-",
        (60, 200),
        "https://www.tinybird.co/docs/forward/administration/tokens",
        tail=r"\.[A-Za-z0-9_-]{40,60}",
        samples=("p.eyJ" + sample(URLSAFE, 70) + "." + sample(URLSAFE, 43),),
    ),
    token(
        "convex-deploy-key",
        ("prod:", "dev:", "preview:"),
        r"a-z0-9-",
        (6, 40),
        "https://docs.convex.dev/cli/deploy-key-types",
        tail=r"\|eyJ[A-Za-z0-9+/=]{40,200}",
        samples=("prod:happy-otter-123" + "|eyJ" + sample(ALNUM, 60),),
    ),
    token(
        "sanity-token",
        "sk",
        ALNUM,
        (80, 180),
        "https://www.sanity.io/docs/http-auth",
        bounded=True,
        valid=mixed(digits=9),
    ),
    Rule(
        name="node-provider-url",
        pattern=r"https?://[a-z0-9-]{2,40}(?:\.[a-z0-9-]{1,20}){0,2}\.(?:alchemy(?:api)?|infura|quiknode|quicknode)\.(?:com|io|pro)/(?:v[23]/|ws/v3/)?(?P<secret>[A-Za-z0-9_-]{32,40})(?![A-Za-z0-9_-])",
        anchor=("alchemy", "infura.io", "quiknode", "quicknode"),
        source="https://www.alchemy.com/docs/create-an-api-key",
        matches=(
            "https://eth-mainnet.g.alchemy.com/v2/" + sample(ALNUM, 32),
            "https://mainnet.infura.io/v3/" + sample("a-f0-9", 32),
        ),
        near_misses=("https://mainnet.infura.io/v3/" + sample("a-f0-9", 12),),
    ),
    Rule(
        name="cloudinary-url",
        pattern=r"cloudinary://[0-9]{12,18}:[A-Za-z0-9_-]{20,40}@[A-Za-z0-9_-]{2,60}",
        anchor=("cloudinary://",),
        source="https://cloudinary.com/documentation/how_to_integrate_cloudinary",
        matches=("cloudinary://" + sample(DIGITS, 15) + ":" + sample(ALNUM, 27) + "@acme",),
        near_misses=("cloudinary://key:secret@acme",),
    ),
    Rule(
        name="odbc-password",
        pattern=r"(?i:password|pwd)=(?P<secret>[^\s;\"'<>{}$]{5,128});",
        anchor=("password=", "pwd="),
        source="https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function",
        matches=("Server=db;Uid=app;Pwd=" + sample(ALNUM, 12) + ";",),
        near_misses=("Server=db;Uid=app;Pwd={0};",),
        valid=lambda value: any(c.isdigit() for c in value) and "example" not in value.lower(),
        confidence=0.85,
    ),
    Rule(
        name="algolia-secured-key",
        pattern=r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86,200}(?:dmFsaWRVbnRpbD|ZmlsdGVycz)[A-Za-z0-9+/]{4,300}={0,2}",
        anchor=("dmfsawrvbnrpbd", "zmlsdgvycz"),
        source="https://www.algolia.com/doc/guides/security/api-keys/",
        matches=(sample(ALNUM, 86) + "dmFsaWRVbnRpbD" + sample(ALNUM, 20),),
        near_misses=("dmFsaWRVbnRpbD" + sample(ALNUM, 20),),
    ),
    Rule(
        name="maxmind-license-key",
        pattern=r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
        anchor=("_mmk",),
        source="https://support.maxmind.com/hc/en-us/articles/4407111582235-Generate-a-License-Key",
        matches=(sample(ALNUM, 6) + "_" + sample(ALNUM, 29) + "_mmk",),
        near_misses=(sample(ALNUM, 6) + "_" + sample(ALNUM, 20) + "_mmk",),
    ),
    Rule(
        name="riot-games-key",
        pattern=r"RGAPI-[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
        anchor=("rgapi-",),
        source="https://developer.riotgames.com/docs/portal",
        matches=("RGAPI-1a2b3c4d-5e6f-4a1b-8c2d-" + sample("a-f0-9", 12),),
        near_misses=("RGAPI-1a2b3c4d-5e6f-4a1b",),
    ),
    Rule(
        name="zhipu-key",
        pattern=r"(?<![A-Za-z0-9.])[a-f0-9]{32}\.[A-Za-z0-9]{16}(?![A-Za-z0-9.])",
        anchor=(".",),
        source="https://docs.bigmodel.cn/cn/guide/develop/http/introduction",
        matches=(sample("a-f0-9", 32) + "." + sample(ALNUM, 16),),
        near_misses=(sample("a-f0-9", 30) + "." + sample(ALNUM, 16),),
    ),
)
