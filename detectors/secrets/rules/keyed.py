"""Services whose credentials are plain letters and digits: the name of the service must stand nearby."""

from __future__ import annotations

from typing import Final

from detectors.secrets.build import ALNUM, BASE64, HEX, LOWER, UPPER, URLSAFE
from detectors.secrets.services import Service, keyed, keyed_uuid

SERVICES: Final[tuple[Service, ...]] = (
    keyed(
        "aws-secret-access-key",
        "aws,amazon,akia",
        BASE64,
        40,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    keyed(
        "azure-subscription-key",
        "azure,cognitive services,ocp-apim",
        HEX,
        32,
        "https://learn.microsoft.com/azure/ai-services/authentication",
    ),
    keyed(
        "datadog-api-key",
        "datadog,dd_api,dd-api,ddog",
        HEX,
        32,
        "https://docs.datadoghq.com/account_management/api-app-keys/",
    ),
    keyed(
        "datadog-app-key",
        "datadog,dd_app,dd-app,ddog",
        HEX,
        40,
        "https://docs.datadoghq.com/account_management/api-app-keys/",
    ),
    keyed_uuid("heroku-api-key", "heroku", "https://devcenter.heroku.com/articles/authentication"),
    keyed("twilio-auth-token", "twilio", HEX, 32, "https://www.twilio.com/docs/iam/api"),
    keyed(
        "cloudflare-api-key",
        "cloudflare",
        HEX,
        37,
        "https://developers.cloudflare.com/fundamentals/api/get-started/keys/",
    ),
    keyed(
        "cloudflare-api-token",
        "cloudflare",
        URLSAFE,
        40,
        "https://developers.cloudflare.com/fundamentals/api/get-started/create-token/",
    ),
    keyed("fastly-token", "fastly", URLSAFE, 32, "https://docs.fastly.com/en/guides/using-api-tokens"),
    keyed(
        "linode-token", "linode", HEX, 64, "https://www.linode.com/docs/products/tools/api/guides/manage-api-tokens/"
    ),
    keyed("vultr-key", "vultr", UPPER, 36, "https://docs.vultr.com/platform/other/api"),
    keyed(
        "hetzner-token",
        "hetzner,hcloud",
        ALNUM,
        64,
        "https://docs.hetzner.com/cloud/api/getting-started/generating-api-token/",
    ),
    keyed_uuid("scaleway-secret-key", "scaleway", "https://www.scaleway.com/en/docs/iam/concepts/"),
    keyed("algolia-key", "algolia", LOWER, 32, "https://www.algolia.com/doc/guides/security/api-keys/"),
    keyed(
        "okta-client-secret", "okta", URLSAFE, (40, 64), "https://developer.okta.com/docs/guides/implement-grant-type/"
    ),
    keyed("auth0-secret", "auth0", URLSAFE, 64, "https://auth0.com/docs/get-started/applications/application-settings"),
    keyed("shodan-key", "shodan", ALNUM, 32, "https://developer.shodan.io/api"),
    keyed("virustotal-key", "virustotal,vt_api", HEX, 64, "https://docs.virustotal.com/reference/authentication"),
    keyed_uuid("snyk-key", "snyk", "https://docs.snyk.io/snyk-api/authentication-for-api"),
    keyed_uuid("postmark-token", "postmark", "https://postmarkapp.com/developer/api/overview"),
    keyed(
        "mattermost-token",
        "mattermost",
        LOWER,
        26,
        "https://developers.mattermost.com/integrate/reference/personal-access-token/",
    ),
    keyed("travis-token", "travis", URLSAFE, (20, 22), "https://docs.travis-ci.com/user/triggering-builds/"),
    keyed("codecov-upload-token", "codecov", "a-f0-9-", 36, "https://docs.codecov.com/docs/codecov-tokens"),
    keyed("cohere-key", "cohere", ALNUM, 40, "https://docs.cohere.com/reference/about"),
    keyed("mistral-key", "mistral", ALNUM, 32, "https://docs.mistral.ai/api/"),
    keyed("assemblyai-key", "assemblyai,assembly ai", HEX, 32, "https://www.assemblyai.com/docs/"),
    keyed("deepgram-key", "deepgram", HEX, 40, "https://developers.deepgram.com/docs/create-additional-api-keys"),
    keyed(
        "wandb-legacy-key",
        "wandb,weights & biases,weightsandbiases",
        HEX,
        40,
        "https://docs.wandb.ai/support/find_wandb_api_key/",
    ),
    keyed("together-legacy-key", "together", HEX, 64, "https://docs.together.ai/reference/authentication-1"),
    keyed("serpapi-key", "serpapi", HEX, 64, "https://serpapi.com/search-api"),
    keyed("openweather-key", "openweather,openweathermap,owm", HEX, 32, "https://openweathermap.org/appid"),
    keyed("bitly-token", "bitly", HEX, 40, "https://dev.bitly.com/docs/getting-started/authentication/"),
    keyed(
        "pagerduty-key", "pagerduty,pager_duty", URLSAFE, 20, "https://support.pagerduty.com/main/docs/api-access-keys"
    ),
    keyed_uuid("opsgenie-key", "opsgenie", "https://support.atlassian.com/opsgenie/docs/api-key-management/"),
    keyed("zendesk-token", "zendesk", ALNUM, 40, "https://support.zendesk.com/hc/en-us/articles/4408889192858"),
    keyed("freshdesk-key", "freshdesk", ALNUM, (19, 20), "https://developers.freshdesk.com/api/#authentication"),
    keyed("pipedrive-token", "pipedrive", HEX, 40, "https://pipedrive.readme.io/docs/core-api-concepts-authentication"),
    keyed(
        "trello-key", "trello", HEX, 32, "https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/"
    ),
    keyed(
        "jira-legacy-token",
        "jira,atlassian,confluence",
        ALNUM,
        24,
        "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    ),
    keyed("jenkins-token", "jenkins", HEX, (32, 34), "https://www.jenkins.io/doc/book/using/remote-access-api/"),
    keyed("rollbar-token", "rollbar", HEX, 32, "https://docs.rollbar.com/docs/access-tokens"),
    keyed("bugsnag-key", "bugsnag", HEX, 32, "https://docs.bugsnag.com/"),
    keyed_uuid(
        "loggly-token",
        "loggly",
        "https://documentation.solarwinds.com/en/success_center/loggly/content/admin/customer-token-authentication-token.htm",
    ),
    keyed("segment-write-key", "segment", ALNUM, 32, "https://segment.com/docs/connections/find-writekey/"),
    keyed("amplitude-key", "amplitude", HEX, 32, "https://amplitude.com/docs/apis/authentication"),
    keyed("mixpanel-secret", "mixpanel", HEX, 32, "https://developer.mixpanel.com/reference/project-secret"),
    keyed("binance-key", "binance", ALNUM, 64, "https://developers.binance.com/docs/binance-spot-api-docs/rest-api"),
    keyed(
        "kraken-secret", "kraken", r"A-Za-z0-9+/=", (80, 88), "https://docs.kraken.com/api/docs/guides/spot-rest-auth"
    ),
    keyed(
        "facebook-app-secret",
        "facebook,fb_app,fb app",
        HEX,
        32,
        "https://developers.facebook.com/docs/facebook-login/security/",
    ),
    keyed(
        "twitter-api-key",
        "twitter",
        ALNUM,
        25,
        "https://developer.x.com/en/docs/authentication/oauth-1-0a/api-key-and-secret",
    ),
    keyed(
        "twitter-api-secret",
        "twitter",
        ALNUM,
        50,
        "https://developer.x.com/en/docs/authentication/oauth-1-0a/api-key-and-secret",
    ),
    keyed("spotify-secret", "spotify", HEX, 32, "https://developer.spotify.com/documentation/web-api/concepts/apps"),
    keyed("twitch-secret", "twitch", LOWER, 30, "https://dev.twitch.tv/docs/authentication/register-app/"),
    keyed("rapidapi-key", "rapidapi,x-rapidapi", ALNUM, 50, "https://docs.rapidapi.com/docs/keys-and-key-rotation"),
    keyed(
        "contentful-delivery-token",
        "contentful",
        URLSAFE,
        43,
        "https://www.contentful.com/developers/docs/references/authentication/",
    ),
    keyed("algolia-admin-key", "algolia", HEX, 32, "https://www.algolia.com/doc/guides/security/api-keys/"),
    keyed(
        "sumologic-access-key",
        "sumologic,sumo_access,sumo logic",
        ALNUM,
        64,
        "https://help.sumologic.com/docs/manage/security/access-keys/",
    ),
    keyed_uuid("rabbitmq-cloudamqp-key", "cloudamqp", "https://docs.cloudamqp.com/cloudamqp_api.html"),
)
