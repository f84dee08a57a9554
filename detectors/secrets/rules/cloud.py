"""Clouds, hosting and what runs on them."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, BASE64, HEX, UPPER, URLSAFE, sample, table, token
from detectors.secrets.rule import Rule

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        aws-access-key-id | AKIA ASIA ABIA ACCA | A-Z2-7 16 | bounded | docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        aws-appsync-key | da2- | lower 26 | bounded | docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
        amazon-oauth-secret | amzn1.oa2-cs.v1. | hex 64 | | developer.amazon.com/docs/login-with-amazon/register-web.html
        google-api-key | AIza | urlsafe 35 | bounded | cloud.google.com/docs/authentication/api-keys
        google-oauth-secret | GOCSPX- | urlsafe 28 | | developers.google.com/identity/protocols/oauth2
        google-oauth-token | ya29. | urlsafe 30-512 | | developers.google.com/identity/protocols/oauth2
        google-refresh-token | 1//0 | urlsafe 38-200 | bounded | developers.google.com/identity/protocols/oauth2
        google-gemini-key | AQ.Ab8 | urlsafe 40-60 | bounded | ai.google.dev/gemini-api/docs/api-key
        alibaba-access-key-id | LTAI | alnum 12-24 | bounded | www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair
        tencent-secret-id | AKID | alnum 32 | bounded | www.tencentcloud.com/document/product/598/32675
        yandex-api-key | AQVN | urlsafe 35-38 | | yandex.cloud/en/docs/iam/concepts/authorization/api-key
        yandex-static-key | YCAJE YCM YCP YCN | urlsafe 20-40 | bounded 0.7 | yandex.cloud/en/docs/iam/concepts/authorization/access-key
        yandex-oauth-token | y0_AgAAAA y1_AgAAAA y2_AgAAAA | urlsafe 30-60 | | yandex.cloud/en/docs/iam/concepts/authorization/oauth-token
        digitalocean-token | dop_v1_ doo_v1_ dor_v1_ | hex 64 | | docs.digitalocean.com/reference/api/create-personal-access-token/
        scaleway-access-key | SCW | upper 17 | bounded | www.scaleway.com/en/docs/iam/concepts/
        exoscale-api-key | EXO | hex 24 | bounded | community.exoscale.com/product/iam/quick-start/
        ibm-apikey | ApiKey- | a-f0-9- 36 | bounded 0.7 | cloud.ibm.com/docs/account?topic=account-userapikey
        cloudflare-token | cfut_ cfat_ cfk_ | alnum 40-56 | bounded | developers.cloudflare.com/fundamentals/api/get-started/create-token/
        netlify-token | nfp_ nfc_ nfo_ nfu_ nfb_ | alnum 36 | | docs.netlify.com/api/get-started/
        vercel-token | vcp_ vci_ vca_ vcr_ vck_ | alnum 24-60 | bounded | vercel.com/docs/rest-api
        vercel-blob-token | vercel_blob_rw_ | word 30-60 | | vercel.com/docs/vercel-blob/using-blob-sdk
        heroku-token | HRKU- | urlsafe 36-65 | | devcenter.heroku.com/articles/authentication
        flyio-token | fm2_ fm1r_ fm1a_ | A-Za-z0-9+/=,_ 80-1500 | bounded | fly.io/docs/security/tokens/
        flyio-access-token | fo1_ | urlsafe 43 | | fly.io/docs/security/tokens/
        render-api-key | rnd_ | alnum 28-36 | bounded | render.com/docs/api
        northflank-token | nf- | dotted 60-600 | bounded 0.6 | northflank.com/docs/v1/api/use-the-api
        pulumi-token | pul- | hex 40 | bounded | www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/
        vault-token | hvs. hvb. hvr. | urlsafe 24-300 | | developer.hashicorp.com/vault/docs/concepts/tokens
        doppler-token | dp.pt. dp.ct. dp.sa. dp.said. dp.scim. dp.audit. | alnum 40-44 | | docs.doppler.com/docs/service-tokens
        openshift-token | sha256~ | urlsafe 43 | | docs.openshift.com/container-platform/latest/authentication/managing-oauth-access-tokens.html
        jfrog-api-key | AKCp | alnum 69 | | jfrog.com/help/r/jfrog-platform-administration-documentation/api-keys
        jfrog-reference-token | cmVmdGtu | alnum 56 | | jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens
        octopus-api-key | API- | upper 25-34 | bounded | octopus.com/docs/octopus-rest-api/how-to-create-an-api-key
        supabase-token | sbp_ | hex 40 | | supabase.com/docs/reference/api/introduction
        supabase-secret-key | sb_secret_ | urlsafe 22-41 | | supabase.com/docs/guides/api/api-keys
        google-hmac-key-id | GOOG1E | upper 55 | | cloud.google.com/storage/docs/authentication/hmackeys
        digitalocean-spaces-key | DO00 DO80 | upper 16 | bounded 0.8 | docs.digitalocean.com/products/spaces/how-to/manage-access/
        baidu-access-key | ALTAK- ALTAK | alnum 21-32 | bounded | cloud.baidu.com/doc/Reference/s/9jwvz2egb
        volcengine-access-key | AKLT AKTP | urlsafe 40-60 | bounded | www.volcengine.com/docs/6257/64983
        porkbun-key | pk1_ sk1_ | hex 64 | bounded | porkbun.com/api/json/v3/documentation
        dnsimple-token | dnsimple_u_ dnsimple_a_ dnsimple_o_ | alnum 32-44 | | developer.dnsimple.com/v2/#authentication
        xata-key | xau_ | alnum 30-50 | bounded | xata.io/docs/concepts/api-keys
        """
    ),
    token(
        "aws-session-token",
        ("IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "AQoDYXdz"),
        BASE64,
        (80, 1200),
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html",
        tail="={0,2}",
    ),
    token(
        "aws-bedrock-key",
        "ABSK",
        BASE64,
        (100, 270),
        "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
        tail="={0,2}",
    ),
    token(
        "aws-bedrock-short-key",
        "bedrock-api-key-",
        BASE64,
        (60, 2000),
        "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
        tail="={0,2}",
    ),
    Rule(
        name="amazon-mws-token",
        pattern=r"amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        anchor=("amzn.mws.",),
        source="https://developer-docs.amazon.com/sp-api/docs/authorization-changes",
        matches=("amzn.mws." + "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12),),
        near_misses=("amzn.mws." + sample(HEX, 32),),
    ),
    Rule(
        name="google-fcm-key",
        pattern=r"AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{140,160}",
        anchor=("aaaa",),
        source="https://firebase.google.com/docs/cloud-messaging/auth-server",
        matches=("AAAA" + sample(URLSAFE, 7) + ":" + sample(URLSAFE, 140),),
        near_misses=("AAAA" + sample(URLSAFE, 7) + ":" + sample(URLSAFE, 139),),
    ),
    Rule(
        name="azure-client-secret",
        pattern=r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])",
        anchor=("q~",),
        source="https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials",
        matches=("a1B8Q~" + sample(ALNUM, 34), "a1B8Q~" + sample(ALNUM, 31)),
        near_misses=("a1B8Q~" + sample(ALNUM, 30),),
    ),
    Rule(
        name="azure-signed-key",
        pattern=r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33,76}(?:\+ASt|ACDb|\+ASb|AIoT|\+AEh|\+ABa|\+ACR|\+AMC|APIM|AzSe|AzCa|AzFu|AAFP|JQQJ|AEhS)[A-Za-z0-9+/]{5,13}(?:={1,2})?(?![A-Za-z0-9+/])",
        anchor=(
            "+ast",
            "acdb",
            "+asb",
            "aiot",
            "+aeh",
            "+aba",
            "+acr",
            "+amc",
            "apim",
            "azse",
            "azca",
            "azfu",
            "aafp",
            "jqqj",
            "aehs",
        ),
        source="https://github.com/microsoft/security-utilities/blob/main/docs/CommonAnnotatedSecurityKey.md",
        matches=(
            sample(ALNUM, 76) + "+ASt" + sample(ALNUM, 6) + "==",
            sample(ALNUM, 42) + "AzSe" + "A" + sample(ALNUM, 5),
            sample(ALNUM, 42, seed=3) + "+ACR" + "B" + sample(ALNUM, 5),
        ),
        near_misses=(sample(ALNUM, 20) + "AzSe" + sample(ALNUM, 5),),
        confidence=0.85,
    ),
    Rule(
        name="azure-storage-key",
        pattern=r"(?:AccountKey|SharedAccessKey|SharedSecretValue|EndpointKey|accesskey)=(?P<secret>[A-Za-z0-9+/]{42,86}={0,2})",
        anchor=("key=", "value="),
        source="https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
        matches=("AccountKey=" + sample(ALNUM, 86) + "==", "SharedAccessKey=" + sample(ALNUM, 43) + "="),
        near_misses=("AccountKey=" + sample(ALNUM, 30) + "==",),
    ),
    Rule(
        name="azure-sas-signature",
        pattern=r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/]{43,70}(?:%3[dD]|=){0,2})",
        anchor=("sig=",),
        source="https://learn.microsoft.com/azure/storage/common/storage-sas-overview",
        matches=("https://a.blob.core.test/c?sv=2022-11-02&sig=" + sample(ALNUM, 43) + "%3D",),
        near_misses=("https://a.blob.core.test/c?sv=2022-11-02&sig=" + sample(ALNUM, 20),),
    ),
    Rule(
        name="azure-devops-token",
        pattern=r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])",
        anchor=("azdo",),
        source="https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
        matches=(sample(ALNUM, 76) + "AZDO" + sample(ALNUM, 4),),
        near_misses=(sample(ALNUM, 70) + "AZDO" + sample(ALNUM, 4),),
    ),
    Rule(
        name="yandex-iam-token",
        pattern=r"t1\.[A-Za-z0-9_-]{50,600}={0,2}\.[A-Za-z0-9_-]{86}={0,2}",
        anchor=("t1.",),
        source="https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token",
        matches=("t1." + sample(URLSAFE, 120) + "." + sample(URLSAFE, 86),),
        near_misses=("t1." + sample(URLSAFE, 20) + "." + sample(URLSAFE, 86),),
    ),
    Rule(
        name="cloudflare-origin-ca-key",
        pattern=r"v1\.0-[a-f0-9]{24,171}-[a-f0-9]{146,170}",
        anchor=("v1.0-",),
        source="https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/",
        matches=("v1.0-" + sample(HEX, 24) + "-" + sample(HEX, 146),),
        near_misses=("v1.0-" + sample(HEX, 24) + "-" + sample(HEX, 100),),
    ),
    Rule(
        name="terraform-cloud-token",
        pattern=r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,120}",
        anchor=(".atlasv1.",),
        source="https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        matches=(sample(ALNUM, 14) + ".atlasv1." + sample(ALNUM, 67),),
        near_misses=(sample(ALNUM, 14) + ".atlasv1." + sample(ALNUM, 20),),
    ),
    Rule(
        name="vault-legacy-token",
        pattern=r"(?<![A-Za-z0-9_.])[sbr]\.(?=[A-Za-z]*[0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9_(.])",
        anchor=("s.", "b.", "r."),
        source="https://developer.hashicorp.com/vault/docs/concepts/tokens",
        matches=("s." + sample(ALNUM, 24),),
        near_misses=("s." + sample("A-Za-z", 24), "s." + sample(ALNUM, 23)),
        confidence=0.7,
    ),
    Rule(
        name="doppler-service-token",
        pattern=r"dp\.st\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        anchor=("dp.st.",),
        source="https://docs.doppler.com/docs/service-tokens",
        matches=("dp.st.prd." + sample(ALNUM, 43), "dp.st." + sample(ALNUM, 43)),
        near_misses=("dp.st.prd." + sample(ALNUM, 20),),
    ),
    Rule(
        name="infisical-token",
        pattern=r"st\.[a-f0-9-]{24,36}\.[a-f0-9]{32}\.[a-f0-9]{32}",
        anchor=("st.",),
        source="https://infisical.com/docs/documentation/platform/token",
        matches=("st." + sample(HEX, 24) + "." + sample(HEX, 32, seed=2) + "." + sample(HEX, 32, seed=3),),
        near_misses=("st." + sample(HEX, 24) + "." + sample(HEX, 32),),
    ),
    token(
        "rancher-token",
        ("token-",),
        "a-z0-9",
        5,
        "https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys",
        bounded=False,
        tail=r":[a-z0-9]{54}",
        samples=("token-" + sample("a-z0-9", 5) + ":" + sample("a-z0-9", 54),),
    ),
    token(
        "onepassword-service-token",
        "ops_eyJ",
        BASE64,
        (250, 1200),
        "https://developer.1password.com/docs/service-accounts/",
        tail="={0,3}",
    ),
    Rule(
        name="onepassword-secret-key",
        pattern=r"(?<![A-Z0-9])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?![A-Z0-9])",
        anchor=("a3-",),
        source="https://support.1password.com/secret-key/",
        matches=(
            "A3-"
            + sample(UPPER, 6)
            + "-"
            + sample(UPPER, 6, seed=2)
            + "-"
            + "-".join(sample(UPPER, 5, seed=n) for n in range(3, 7)),
        ),
        near_misses=("A3-" + sample(UPPER, 6) + "-" + sample(UPPER, 6),),
    ),
)
