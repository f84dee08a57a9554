"""Language models, machine learning and search for them."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, HEX, sample, table
from detectors.secrets.rule import Rule

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        openai-key | sk-proj- sk-svcacct- sk-admin- sk-None- | urlsafe 40-200 | bounded | platform.openai.com/docs/api-reference/authentication
        sk-key | sk- | alnum 32-64 | bounded 0.85 | api-docs.deepseek.com/
        openrouter-key | sk-or-v1- | hex 64 | | openrouter.ai/docs/api-reference/authentication
        helicone-key | sk-helicone- pk-helicone- | a-z0-9- 28-60 | | docs.helicone.ai/helicone-headers/helicone-auth
        huggingface-token | hf_ api_org_ | A-Za-z 34 | bounded | huggingface.co/docs/hub/security-tokens
        huggingface-oauth-token | hf_oauth_ hf_jwt_ | dotted 30-600 | | huggingface.co/docs/hub/oauth
        replicate-token | r8_ | urlsafe 37 | bounded | replicate.com/docs/topics/security/api-tokens
        perplexity-key | pplx- | alnum 48-56 | | docs.perplexity.ai/guides/getting-started
        groq-key | gsk_ | alnum 52 | | console.groq.com/docs/quickstart
        xai-key | xai- | alnum 70-84 | bounded | docs.x.ai/docs/tutorial
        together-key | tgp_v1_ | urlsafe 43 | | docs.together.ai/reference/authentication-1
        fireworks-key | fw_ fpk_ | alnum 22-32 | bounded | docs.fireworks.ai/api-reference/introduction
        elevenlabs-key | sk_ | hex 48 | bounded | elevenlabs.io/docs/api-reference/authentication
        nvidia-key | nvapi- | urlsafe 60-72 | | docs.api.nvidia.com/nim/docs/api-quickstart
        cerebras-key | csk- | lower 48 | bounded | inference-docs.cerebras.ai/quickstart
        tavily-key | tvly- tvly-dev- tvly-prod- | alnum 32 | | docs.tavily.com/documentation/api-reference/introduction
        firecrawl-key | fc- | hex 32 | bounded | docs.firecrawl.dev/api-reference/introduction
        voyage-key | pa- | urlsafe 40-48 | bounded 0.8 | docs.voyageai.com/docs/api-key-and-installation
        voyage-atlas-key | al- | urlsafe 40-48 | bounded 0.7 | docs.voyageai.com/docs/api-key-and-installation
        jina-key | jina_ | alnum 58-64 | | jina.ai/api-dashboard/
        llamacloud-key | llx- | alnum 48 | | docs.cloud.llamaindex.ai/api_key
        modal-token | ak- as- | alnum 22 | bounded 0.8 | modal.com/docs/reference/modal.config
        runpod-key | rpa_ | upper 40-48 | | docs.runpod.io/get-started/api-keys
        friendli-token | flp_ | alnum 40-56 | | friendli.ai/docs/guides/personal_access_tokens
        anyscale-token | esecret_ aph0_ | alnum 24-48 | | docs.anyscale.com/platform/access-management/
        e2b-key | e2b_ | hex 40 | | e2b.dev/docs/api-key
        mem0-key | m0- | alnum 40 | bounded | docs.mem0.ai/platform/quickstart
        browserbase-key | bb_live_ bb_test_ | urlsafe 24-40 | | docs.browserbase.com/reference/introduction
        pinecone-key | pcsk_ | word 60-75 | | docs.pinecone.io/guides/projects/manage-api-keys
        cursor-key | key_ | hex 64 | bounded | docs.cursor.com/account/teams/admin-api
        wandb-key | wandb_v1_ | word 40-90 | | docs.wandb.ai/support/find_wandb_api_key/
        lambda-cloud-key | secret_lambda_ secret_ml- | dotted 24-80 | 0.7 | docs.lambda.ai/public-cloud/cloud-api/
        devin-key | apk_ apk_user_ cog_ | alnum 32-120 | bounded 0.8 | docs.devin.ai/api-reference/overview
        brave-search-key | BSA | urlsafe 28 | bounded 0.8 | api-dashboard.search.brave.com/app/documentation/web-search/get-started
        cartesia-key | sk_car_ | urlsafe 20-48 | | docs.cartesia.ai/get-started/make-an-api-request
        nomic-key | nk- | urlsafe 40-48 | bounded 0.8 | docs.nomic.ai/platform/getting-started/connecting-to-atlas
        zep-key | z_1d | urlsafe 80-260 | bounded | help.getzep.com/projects
        context7-key | ctx7sk- | a-z0-9- 32-40 | | context7.com/docs/overview
        scrapfly-key | scp-live- scp-test- | hex 32 | | scrapfly.io/docs/scrape-api/getting-started
        """
    ),
    Rule(
        name="anthropic-key",
        pattern=r"sk-ant-[a-z]{3,6}[0-9]{2,3}-[A-Za-z0-9_-]{80,120}AA",
        anchor=("sk-ant-",),
        source="https://docs.anthropic.com/en/api/overview",
        matches=tuple("sk-ant-" + kind + "-" + sample(ALNUM, 93) + "AA" for kind in ("api03", "admin01", "oat01")),
        near_misses=("sk-ant-api03-" + sample(ALNUM, 40),),
    ),
    Rule(
        name="openai-legacy-key",
        pattern=r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
        anchor=("t3blbkfj",),
        source="https://platform.openai.com/docs/api-reference/authentication",
        matches=("sk-" + sample(ALNUM, 20) + "T3BlbkFJ" + sample(ALNUM, 20, seed=2),),
        near_misses=("sk-" + sample(ALNUM, 20) + "T3BlbkFJ" + sample(ALNUM, 10),),
    ),
    Rule(
        name="langfuse-key",
        pattern=rf"sk-lf-{_UUID}",
        anchor=("sk-lf-",),
        source="https://langfuse.com/docs/api",
        matches=("sk-lf-" + _A_UUID,),
        near_misses=("sk-lf-" + sample(HEX, 30),),
    ),
    Rule(
        name="langsmith-key",
        pattern=r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|(?<![A-Za-z0-9])ls__[a-f0-9]{32}",
        anchor=("lsv2_", "ls__"),
        source="https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key",
        matches=("lsv2_pt_" + sample(HEX, 32) + "_" + sample(HEX, 10), "ls__" + sample(HEX, 32)),
        near_misses=("lsv2_pt_" + sample(HEX, 32),),
    ),
)
