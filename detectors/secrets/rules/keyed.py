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
)
