"""Chat, mail, telephony and social networks."""
# ruff: noqa: E501 - one credential a line

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, BASE64, DIGITS, HEX, UPPER, URLSAFE, mixed, sample, table, token
from detectors.secrets.rule import Rule
from detectors.secrets.validators import discord_user

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)

_SLACK: Final = "https://api.slack.com/concepts/token-types"

RULES: Final[tuple[Rule, ...]] = (
    *table(
        r"""
        slack-config-token | xoxe.xoxp- xoxe.xoxb- | A-Za-z0-9- 40-255 | | api.slack.com/concepts/token-types
        slack-app-token | xapp- | A-Za-z0-9- 40-160 | | api.slack.com/concepts/token-types
        twilio-api-key | SK | hex 32 | bounded | www.twilio.com/docs/iam/api-keys
        twilio-account-sid | AC | hex 32 | bounded 0.7 | www.twilio.com/docs/iam/api
        mailgun-key | key- pubkey- | hex 32 | bounded | documentation.mailgun.com/docs/mailgun/api-reference/mg-auth
        mandrill-key | md- | urlsafe 22 | bounded | mailchimp.com/developer/transactional/docs/fundamentals/
        mailersend-key | mlsn. | hex 64 | | developers.mailersend.com/general.html
        klaviyo-key | pk_ | alnum 34 | bounded | developers.klaviyo.com/en/docs/authenticate_
        onesignal-key | os_v2_app_ os_v2_org_ | a-z2-7 60-120 | | documentation.onesignal.com/docs/keys-and-ids
        instagram-token | IGQV IGAA | urlsafe 60-400 | bounded | developers.facebook.com/docs/instagram-platform/
        twitter-bearer-token | AAAAAAAAAAAAAAAAAAAAA | A-Za-z0-9% 60-120 | bounded | developer.x.com/en/docs/authentication/oauth-2-0/bearer-tokens
        pinterest-token | pina_ pinr_ | alnum 60-100 | | developers.pinterest.com/docs/getting-started/authentication/
        plain-key | plainApiKey_ | alnum 60-80 | | www.plain.com/docs/api-reference/graphql/authentication
        threads-token | THAA | urlsafe 60-300 | bounded | developers.facebook.com/docs/threads/get-started/
        """
    ),
    Rule(
        name="slack-token",
        pattern=r"xox(?:[abpors]-(?:[0-9]{6,14}-){1,3}[A-Za-z0-9]{16,64}|[abpors]-2-(?:[0-9]{6,14}-){1,3}[A-Za-z0-9]{16,64}|[bpors]-(?![0-9]{1,5}-)[A-Za-z0-9-]{40,160}|[cde]-[A-Za-z0-9%+/=-]{40,400})",
        anchor=("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxr-", "xoxs-", "xoxc-", "xoxd-", "xoxe-"),
        source=_SLACK,
        matches=(
            "xoxb-" + sample(DIGITS, 12) + "-" + sample(DIGITS, 12) + "-" + sample(ALNUM, 24),
            "xoxp-" + sample(DIGITS, 12) + "-" + sample(DIGITS, 12) + "-" + sample(DIGITS, 12) + "-" + sample(HEX, 32),
            "xoxe-1-" + sample(ALNUM, 146),
        ),
        near_misses=("xoxb-" + sample(DIGITS, 12),),
    ),
    Rule(
        name="slack-webhook",
        pattern=r"https?://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{30,140}",
        anchor=("hooks.slack",),
        source="https://api.slack.com/messaging/webhooks",
        matches=(
            "https://hooks.slack.com/services/T" + sample(UPPER, 8) + "/B" + sample(UPPER, 8) + "/" + sample(ALNUM, 24),
        ),
        near_misses=("https://hooks.slack.com/services/",),
    ),
    Rule(
        name="mattermost-webhook",
        pattern=r"https?://[A-Za-z0-9.:-]{3,120}/hooks/[a-z0-9]{26}(?![a-z0-9])",
        anchor=("/hooks/",),
        source="https://developers.mattermost.com/integrate/webhooks/incoming/",
        matches=("https://chat.acme.test/hooks/" + sample("a-z0-9", 26),),
        near_misses=("https://chat.acme.test/hooks/" + sample("a-z0-9", 20),),
    ),
    Rule(
        name="discord-bot-token",
        pattern=r"(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])",
        anchor=(".",),
        source="https://discord.com/developers/docs/reference#authentication",
        matches=("MTAyOTQ4MTM5OTU5MTE3MDAw" + "." + sample(ALNUM, 6) + "." + sample(ALNUM, 38),),
        near_misses=("M" + sample(ALNUM, 25) + "." + sample(ALNUM, 6) + "." + sample(ALNUM, 38),),
        valid=discord_user,
    ),
    Rule(
        name="discord-webhook",
        pattern=r"https://(?:[a-z]{2,8}\.)?discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{16,20}/[A-Za-z0-9_-]{60,72}",
        anchor=("/webhooks/",),
        source="https://discord.com/developers/docs/resources/webhook",
        matches=("https://discord.com/api/webhooks/" + sample(DIGITS, 18) + "/" + sample(URLSAFE, 68),),
        near_misses=("https://discord.com/api/webhooks/" + sample(DIGITS, 18),),
    ),
    Rule(
        name="telegram-bot-token",
        pattern=r"(?<![0-9])[0-9]{8,10}:A[A-Za-z0-9_-]{34}(?![A-Za-z0-9_-])",
        anchor=(":a",),
        source="https://core.telegram.org/bots/api#authorizing-your-bot",
        matches=(sample(DIGITS, 10) + ":AA" + sample(ALNUM, 33),),
        near_misses=(sample(DIGITS, 10) + ":AA" + sample(ALNUM, 20),),
    ),
    Rule(
        name="teams-webhook",
        pattern=r"https://[a-z0-9-]{1,60}\.webhook\.office\.com/webhookb2/[A-Za-z0-9@-]{36,100}/IncomingWebhook/[a-f0-9]{32}/[A-Za-z0-9-]{36}[A-Za-z0-9/_-]{0,80}",
        anchor=("webhook.office.com",),
        source="https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
        matches=(
            "https://acme.webhook.office.com/webhookb2/"
            + _A_UUID
            + "@"
            + _A_UUID
            + "/IncomingWebhook/"
            + sample(HEX, 32)
            + "/"
            + _A_UUID,
        ),
        near_misses=("https://acme.webhook.office.com/webhookb2/",),
    ),
    Rule(
        name="google-chat-webhook",
        pattern=r"https://chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_-]{4,40}/messages\?[^\s\"'<>]{0,120}token=[A-Za-z0-9_%=-]{30,120}",
        anchor=("chat.googleapis.com",),
        source="https://developers.google.com/workspace/chat/quickstart/webhooks",
        matches=(
            "https://chat.googleapis.com/v1/spaces/"
            + sample(ALNUM, 11)
            + "/messages?threadKey=a&token="
            + sample(ALNUM, 43),
        ),
        near_misses=("https://chat.googleapis.com/v1/spaces/" + sample(ALNUM, 11) + "/messages",),
    ),
    Rule(
        name="sendgrid-key",
        pattern=r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}",
        anchor=("sg.",),
        source="https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
        matches=("SG." + sample(URLSAFE, 22) + "." + sample(URLSAFE, 43),),
        near_misses=("SG." + sample(URLSAFE, 22) + "." + sample(URLSAFE, 10),),
    ),
    Rule(
        name="mailgun-signing-key",
        pattern=r"(?<![a-f0-9-])[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![a-f0-9-])",
        anchor=("-",),
        source="https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        matches=(sample(HEX, 32) + "-" + sample(HEX, 8, seed=2) + "-" + sample(HEX, 8, seed=3),),
        near_misses=(sample(HEX, 32) + "-" + sample(HEX, 8),),
    ),
    Rule(
        name="mailchimp-key",
        pattern=r"(?<![a-f0-9])[a-f0-9]{32}-us[0-9]{1,2}(?![A-Za-z0-9])",
        anchor=("-us",),
        source="https://mailchimp.com/developer/marketing/guides/quick-start/",
        matches=(sample(HEX, 32) + "-us12",),
        near_misses=(sample(HEX, 30) + "-us12",),
    ),
    Rule(
        name="brevo-key",
        pattern=r"x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}",
        anchor=("xkeysib-", "xsmtpsib-"),
        source="https://developers.brevo.com/docs/getting-started",
        matches=("xkeysib-" + sample(HEX, 64) + "-" + sample(ALNUM, 16),),
        near_misses=("xkeysib-" + sample(HEX, 64),),
    ),
    Rule(
        name="resend-key",
        pattern=r"(?<![A-Za-z0-9_])re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?![A-Za-z0-9])",
        anchor=("re_",),
        source="https://resend.com/docs/api-reference/introduction",
        matches=("re_" + sample(ALNUM, 8) + "_" + sample(ALNUM, 24),),
        near_misses=("re_" + sample(ALNUM, 8) + "_" + sample(ALNUM, 10),),
    ),
    token(
        "intercom-token",
        "dG9rO",
        BASE64,
        (50, 60),
        "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication",
        tail="={0,2}",
    ),
    Rule(
        name="hubspot-token",
        pattern=rf"pat-(?:na|eu|ap)[0-9]-{_UUID}",
        anchor=("pat-",),
        source="https://developers.hubspot.com/docs/guides/apps/private-apps/overview",
        matches=("pat-na1-" + _A_UUID,),
        near_misses=("pat-na1-" + sample(HEX, 20),),
    ),
    Rule(
        name="courier-key",
        pattern=r"(?<![A-Za-z0-9])(?:pk|dk)_(?:prod|test)_[A-Z0-9]{28}",
        anchor=("pk_", "dk_"),
        source="https://www.courier.com/docs/reference/authorization",
        matches=("pk_prod_" + sample(UPPER, 28),),
        near_misses=("pk_prod_" + sample(UPPER, 20),),
    ),
    token(
        "plivo-auth-id",
        ("MA", "SA"),
        "A-Z0-9",
        18,
        "https://www.plivo.com/docs/account/api/overview/",
        bounded=True,
        confidence=0.65,
        valid=mixed(digits=4),
    ),
    Rule(
        name="telnyx-key",
        pattern=r"KEY[A-F0-9]{32}_[A-Za-z0-9]{22}",
        anchor=("key",),
        source="https://developers.telnyx.com/docs/account-setup/api-key",
        matches=("KEY" + sample("A-F0-9", 32) + "_" + sample(ALNUM, 22),),
        near_misses=("KEY" + sample("A-F0-9", 32),),
    ),
    Rule(
        name="matrix-token",
        pattern=r"sy[tr]_[A-Za-z0-9]{4,80}_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}",
        anchor=("syt_", "syr_"),
        source="https://spec.matrix.org/latest/client-server-api/",
        matches=("syt_" + sample(ALNUM, 12) + "_" + sample("A-Za-z", 20) + "_" + sample(ALNUM, 6),),
        near_misses=("syt_" + sample(ALNUM, 12),),
    ),
    token(
        "facebook-token",
        "EAA",
        ALNUM,
        (60, 400),
        "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
        bounded=True,
        valid=mixed(digits=5),
    ),
    Rule(
        name="facebook-app-token",
        pattern=r"(?<![0-9])[0-9]{15,16}\|[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])",
        anchor=("|",),
        source="https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
        matches=(sample(DIGITS, 15) + "|" + sample(ALNUM, 27),),
        near_misses=(sample(DIGITS, 15) + "|" + sample(ALNUM, 20),),
    ),
    token(
        "linkedin-secret",
        "WPL_AP1.",
        ALNUM,
        (16, 24),
        "https://learn.microsoft.com/linkedin/shared/authentication/authentication",
        tail=r"(?:\.[A-Za-z0-9+/]{4,12}={0,2})?",
    ),
    token(
        "tiktok-token",
        ("act.", "rft."),
        ALNUM,
        (40, 90),
        "https://developers.tiktok.com/doc/oauth-user-access-token-management",
        bounded=True,
        tail=r"(?:![A-Za-z0-9.]{4,20})?",
        confidence=0.8,
    ),
)
