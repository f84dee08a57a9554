"""Code hosting, package registries, build servers and the tools around them."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, DIGITS, HEX, UPPER, URLSAFE, sample, table, token
from detectors.secrets.rule import Rule

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        github-token | ghp_ gho_ ghu_ ghs_ ghr_ | alnum 36 | | github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
        gitlab-token | glpat- gldt- glft- glsoat- glimt- glffct- glrt- glrtr- glwt- | A-Za-z0-9_=.- 20-64 | | docs.gitlab.com/security/tokens/#token-prefixes
        gitlab-trigger-token | glptt- | hex 40 | | docs.gitlab.com/security/tokens/#token-prefixes
        gitlab-ci-token | glcbt- | A-Za-z0-9_=.- 20-64 | | docs.gitlab.com/security/tokens/#token-prefixes
        gitlab-agent-token | glagent- | urlsafe 50-1024 | | docs.gitlab.com/security/tokens/#token-prefixes
        gitlab-oauth-secret | gloas- | hex 64 | | docs.gitlab.com/security/tokens/#token-prefixes
        gitlab-runner-token | GR1348941 | urlsafe 20 | | docs.gitlab.com/security/tokens/#token-prefixes
        bitbucket-app-password | ATBB | alnum 32 | | support.atlassian.com/bitbucket-cloud/docs/app-passwords/
        atlassian-token | ATATT3 ATCTT3 ATSTT3 | A-Za-z0-9_=- 60-400 | | support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
        npm-token | npm_ | alnum 36 | | docs.npmjs.com/about-access-tokens
        pypi-token | pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw | urlsafe 85-1000 | | packaging.python.org/en/latest/specifications/pypirc/
        rubygems-key | rubygems_ | hex 48 | | guides.rubygems.org/api-key-scopes/
        crates-token | cio | alnum 32 | bounded | doc.rust-lang.org/cargo/reference/publishing.html
        nuget-key | oy2 | lower 43 | bounded | learn.microsoft.com/nuget/nuget-org/publish-a-package
        docker-hub-token | dckr_pat_ dckr_oat_ | urlsafe 27-40 | | docs.docker.com/security/for-developers/access-tokens/
        clojars-token | CLOJARS_ | lower 60 | | github.com/clojars/clojars-web/wiki/Deploy-Tokens
        packagist-token | packagist_ort_ packagist_out_ packagist_ourt_ packagist_uut_ | hex 68 | | packagist.com/docs/api-authentication
        sourcegraph-token | sgp_local_ sgd_ sgph_local_ | alnum 40-64 | | sourcegraph.com/docs/cli/how-tos/creating_an_access_token
        sourcegraph-license-key | slk_ | hex 64 | | sourcegraph.com/docs/cody/clients/enable-cody-enterprise
        sonar-token | sqp_ squ_ sqa_ sqb_ | hex 40 | | docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/
        buildkite-token | bkua_ bkat_ bkct_ bkaj_ | alnum 40-64 | | buildkite.com/docs/apis/managing-api-tokens
        figma-token | figd_ figo_ figu_ figor_ | urlsafe 36-64 | | developers.figma.com/docs/rest-api/authentication/
        linear-key | lin_api_ lin_oauth_ lin_wh_ | alnum 40-64 | | linear.app/developers/graphql
        dropbox-token | sl.u. sl.B sl. | urlsafe 130-1500 | bounded | www.dropbox.com/developers/documentation/http/documentation
        readme-key | rdme_ | lower 70 | | docs.readme.com/main/reference/authentication
        deno-token | ddp_ ddo_ dds_ | alnum 36 | | docs.deno.com/deploy/manual/
        snyk-token | snyk_uat. snyk_sat. | dotted 40-120 | | docs.snyk.io/snyk-api/authentication-for-api
        semgrep-token | sgp_ | hex 64 | 0.8 | semgrep.dev/docs/semgrep-ci/ci-environment-variables
        contentful-token | CFPAT- | urlsafe 43 | | www.contentful.com/developers/docs/references/authentication/
        frameio-token | fio-u- | urlsafe 64 | | developer.frame.io/docs/getting-started/authentication
        typeform-token | tfp_ | dotted 44-64 | | www.typeform.com/developers/get-started/personal-access-token/
        retool-token | retool_ | alnum 26-60 | bounded | docs.retool.com/api
        n8n-key | n8n_api_ | hex 40-80 | | docs.n8n.io/api/authentication/
        apify-token | apify_api_ apify_proxy_ | alnum 34-40 | | docs.apify.com/platform/integrations/api
        browserstack-percy-token | app_ auto_ ss_ web_ | hex 64 | bounded 0.7 | www.browserstack.com/docs/percy/get-started/environment-variables
        transifex-token | 1/ | hex 40 | bounded | developers.transifex.com/reference/api-authentication
        bitbucket-datacenter-token | BBDC- | A-Za-z0-9+/@_- 40-44 | | confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
        configcat-sdk-key | configcat-sdk-1/ configcat-sdk-2/ configcat-proxy/ | A-Za-z0-9_/- 22-60 | | configcat.com/docs/sdk-reference/overview/
        devcycle-key | dvc_server_ dvc_client_ dvc_mobile_ | A-Za-z0-9_ 30-80 | | docs.devcycle.com/essentials/keys/
        flagsmith-key | ser. | alnum 22 | bounded 0.8 | docs.flagsmith.com/clients/server-side
        calcom-key | cal_live_ cal_test_ cal_ | alnum 32 | bounded | cal.com/docs/api-reference/v2/introduction
        builderio-key | bpk- | hex 32 | | www.builder.io/c/docs/using-your-api-key
        """
    ),
    Rule(
        name="github-fine-grained-token",
        pattern=r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59,120}",
        anchor=("github_pat_",),
        source="https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens",
        matches=("github_pat_" + sample(ALNUM, 22) + "_" + sample(ALNUM, 59),),
        near_misses=("github_pat_" + sample(ALNUM, 22),),
    ),
    token(
        "trello-token",
        "ATTA",
        HEX,
        64,
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/",
        tail="[A-F0-9]{0,8}",
    ),
    Rule(
        name="sourcegraph-instance-token",
        pattern=r"sgp_(?:[a-fA-F0-9]{16}_)?[a-fA-F0-9]{40}",
        anchor=("sgp_",),
        source="https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token",
        matches=("sgp_" + sample(HEX, 16) + "_" + sample(HEX, 40),),
        near_misses=("sgp_" + sample(HEX, 16) + "_" + sample(HEX, 39),),
    ),
    Rule(
        name="circleci-token",
        pattern=r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}",
        anchor=("ccipat_", "cciprj_"),
        source="https://circleci.com/docs/managing-api-tokens/",
        matches=("CCIPAT_" + sample(ALNUM, 22) + "_" + sample(HEX, 40),),
        near_misses=("CCIPAT_" + sample(ALNUM, 22) + "_" + sample(HEX, 30),),
    ),
    Rule(
        name="harness-token",
        pattern=r"(?:pat|sat)\.[A-Za-z0-9_-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}",
        anchor=("pat.", "sat."),
        source="https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/",
        matches=("pat." + sample(ALNUM, 22) + "." + sample(HEX, 24) + "." + sample(ALNUM, 20),),
        near_misses=("pat." + sample(ALNUM, 22) + "." + sample(HEX, 20) + "." + sample(ALNUM, 20),),
    ),
    Rule(
        name="launchdarkly-key",
        pattern=rf"(?<![A-Za-z0-9])(?:api|sdk|mob|rel)-{_UUID}",
        anchor=("api-", "sdk-", "mob-", "rel-"),
        source="https://launchdarkly.com/docs/home/account/api",
        matches=("api-" + _A_UUID, "sdk-" + _A_UUID),
        near_misses=("app-" + _A_UUID,),
    ),
    Rule(
        name="postman-key",
        pattern=r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}|PMAT-[A-Z0-9]{26}",
        anchor=("pmak-", "pmat-"),
        source="https://learning.postman.com/docs/developer/postman-api/authentication/",
        matches=("PMAK-" + sample(HEX, 24) + "-" + sample(HEX, 34),),
        near_misses=("PMAK-" + sample(HEX, 24) + "-" + sample(HEX, 30),),
    ),
    Rule(
        name="figma-legacy-token",
        pattern=rf"(?<![0-9])[0-9]{{4,8}}-{_UUID}",
        anchor=("-",),
        source="https://developers.figma.com/docs/rest-api/authentication/",
        matches=("123987-" + _A_UUID,),
        near_misses=("abc-" + _A_UUID,),
        confidence=0.65,
    ),
    Rule(
        name="notion-token",
        pattern=r"ntn_[0-9]{11}[A-Za-z0-9]{32,40}|(?<![A-Za-z0-9_])secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])",
        anchor=("ntn_", "secret_"),
        source="https://developers.notion.com/docs/authorization",
        matches=("ntn_" + sample(DIGITS, 11) + sample(ALNUM, 35), "secret_" + sample(ALNUM, 43)),
        near_misses=("ntn_" + sample(ALNUM, 20), "secret_" + sample(ALNUM, 30)),
    ),
    Rule(
        name="airtable-token",
        pattern=r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}",
        anchor=("pat",),
        source="https://airtable.com/developers/web/guides/personal-access-tokens",
        matches=("pat" + sample(ALNUM, 14) + "." + sample(HEX, 64),),
        near_misses=("pat" + sample(ALNUM, 14) + "." + sample(HEX, 60),),
    ),
    Rule(
        name="asana-token",
        pattern=r"(?<![A-Za-z0-9])[012]/[0-9]{13,17}(?:/[0-9]{13,17})?:[a-f0-9]{32}",
        anchor=("0/", "1/", "2/"),
        source="https://developers.asana.com/docs/personal-access-token",
        matches=("1/" + sample(DIGITS, 16) + ":" + sample(HEX, 32),),
        near_misses=("1/" + sample(DIGITS, 16) + ":" + sample(HEX, 31),),
    ),
    Rule(
        name="clickup-token",
        pattern=r"(?<![A-Za-z0-9])pk_[0-9]{6,10}_[A-Z0-9]{32}",
        anchor=("pk_",),
        source="https://developer.clickup.com/docs/authentication",
        matches=("pk_" + sample(DIGITS, 8) + "_" + sample(UPPER, 32),),
        near_misses=("pk_" + sample(DIGITS, 8) + "_" + sample(UPPER, 30),),
    ),
    Rule(
        name="wakatime-key",
        pattern=rf"waka_(?:sec_|tok_|ref_)?(?:{_UUID}|[A-Za-z0-9]{{36,90}})",
        anchor=("waka_",),
        source="https://wakatime.com/developers",
        matches=("waka_" + _A_UUID, "waka_tok_" + sample(ALNUM, 80)),
        near_misses=("waka_" + sample(HEX, 30),),
    ),
    Rule(
        name="jetbrains-token",
        pattern=r"perm[:-][A-Za-z0-9+/=_-]{4,120}\.[A-Za-z0-9+/=_-]{4,120}\.[A-Za-z0-9+/=_-]{20,200}",
        anchor=("perm:", "perm-"),
        source="https://www.jetbrains.com/help/youtrack/devportal/Manage-Permanent-Token.html",
        matches=("perm:" + sample(ALNUM, 12) + "." + sample(ALNUM, 12) + "." + sample(ALNUM, 30),),
        near_misses=("perm:" + sample(ALNUM, 30),),
    ),
    Rule(
        name="npmrc-token",
        pattern=r"_(?:authToken|auth|password)=(?P<secret>[A-Za-z0-9+/=_.-]{16,512})",
        anchor=("_authtoken=", "_auth=", "_password="),
        source="https://docs.npmjs.com/cli/configuring-npm/npmrc",
        matches=("//registry.acme.test/:_authToken=" + sample(ALNUM, 36),),
        near_misses=("//registry.acme.test/:_authToken=${TOKEN}",),
        confidence=0.85,
    ),
    token(
        "mapbox-secret-token",
        "sk.eyJ",
        URLSAFE,
        (60, 200),
        "https://docs.mapbox.com/help/getting-started/access-tokens/",
        tail=r"\.[A-Za-z0-9_-]{20,40}",
        samples=("sk.eyJ" + sample(URLSAFE, 70) + "." + sample(ALNUM, 22),),
    ),
)
