"""Addresses that are credentials: whoever knows one may post."""

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, DIGITS, HEX, sample
from detectors.secrets.rule import Rule

_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_A_UUID: Final = "1a2b3c4d-5e6f-4a1b-8c2d-" + sample(HEX, 12)


def _webhook(name: str, anchor: str, pattern: str, source: str, match: str) -> Rule:
    return Rule(
        name=name,
        pattern=pattern,
        anchor=(anchor,),
        source=f"https://{source}",
        matches=(match,),
        near_misses=(match[:-14],),
    )


RULES: Final[tuple[Rule, ...]] = (
    _webhook(
        "zapier-webhook",
        "hooks.zapier.com",
        r"https://(?:www\.)?hooks\.zapier\.com/hooks/(?:catch|standard)/[0-9]{2,12}/[A-Za-z0-9]{5,40}/?[A-Za-z0-9]{0,40}",
        "help.zapier.com/hc/en-us/articles/8496288690317",
        "https://hooks.zapier.com/hooks/catch/" + sample(DIGITS, 7) + "/" + sample("a-z0-9", 7),
    ),
    _webhook(
        "make-webhook",
        ".make.com",
        r"https://hook\.(?:[a-z]{2}[0-9]\.)?(?:make|integromat)\.com/[a-z0-9]{30,36}",
        "help.make.com/webhooks",
        "https://hook.eu1.make.com/" + sample("a-z0-9", 32),
    ),
    _webhook(
        "ifttt-webhook",
        "maker.ifttt.com",
        r"https://maker\.ifttt\.com/(?:trigger/[A-Za-z0-9_-]{1,60}(?:/json)?/with/key|use)/[A-Za-z0-9_-]{20,60}",
        "ifttt.com/maker_webhooks",
        "https://maker.ifttt.com/trigger/door/with/key/" + sample(ALNUM, 22),
    ),
    _webhook(
        "dingtalk-webhook",
        "oapi.dingtalk.com",
        r"https://oapi\.dingtalk\.com/robot/send\?access_token=[a-f0-9]{64}",
        "open.dingtalk.com/document/robots/custom-robot-access",
        "https://oapi.dingtalk.com/robot/send?access_token=" + sample(HEX, 64),
    ),
    _webhook(
        "wecom-webhook",
        "qyapi.weixin.qq.com",
        rf"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key={_UUID}",
        "developer.work.weixin.qq.com/document/path/91770",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + _A_UUID,
    ),
    _webhook(
        "feishu-webhook",
        "/open-apis/bot/",
        rf"https://open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/(?:v2/)?hook/{_UUID}",
        "open.feishu.cn/document/client-docs/bot-v3/add-custom-bot",
        "https://open.feishu.cn/open-apis/bot/v2/hook/" + _A_UUID,
    ),
    _webhook(
        "rocketchat-webhook",
        "/hooks/",
        r"https?://[A-Za-z0-9.:-]{3,120}/hooks/[A-Za-z0-9]{17}/[A-Za-z0-9]{40,60}",
        "docs.rocket.chat/docs/integrations",
        "https://chat.acme.test/hooks/" + sample(ALNUM, 17) + "/" + sample(ALNUM, 48, seed=2),
    ),
    _webhook(
        "chime-webhook",
        "hooks.chime.aws",
        r"https://hooks\.chime\.aws/incomingwebhooks/[a-f0-9-]{36}\?token=[A-Za-z0-9=_%-]{40,160}",
        "docs.aws.amazon.com/chime/latest/ag/webhooks.html",
        "https://hooks.chime.aws/incomingwebhooks/" + _A_UUID + "?token=" + sample(ALNUM, 40),
    ),
    _webhook(
        "pagerduty-integration-url",
        "events.pagerduty.com",
        r"https://events\.pagerduty\.com/integration/[a-f0-9]{32}/enqueue",
        "support.pagerduty.com/main/docs/services-and-integrations",
        "https://events.pagerduty.com/integration/" + sample(HEX, 32) + "/enqueue",
    ),
    _webhook(
        "telegram-bot-url",
        "api.telegram.org/bot",
        r"https://api\.telegram\.org/bot(?P<secret>[0-9]{6,10}:[A-Za-z0-9_-]{30,46})",
        "core.telegram.org/bots/api#making-requests",
        "https://api.telegram.org/bot" + sample(DIGITS, 9) + ":AA" + sample(ALNUM, 33),
    ),
    _webhook(
        "sentry-hook-url",
        "/api/hooks/",
        r"https://sentry\.io/api/hooks/[a-z]{2,20}/[a-z0-9-]{2,60}/[0-9]{1,20}/[a-f0-9]{64}",
        "docs.sentry.io/product/integrations/",
        "https://sentry.io/api/hooks/release/acme/42/" + sample(HEX, 64),
    ),
)
