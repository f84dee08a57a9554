"""Rows that pin meaning: what is found in ordinary sentences, exactly where, and what is not."""
# ruff: noqa: E501 - one case a line

from __future__ import annotations

import base64

import pytest

from detectors.errors import DetectorUnavailable
from detectors.pii import PiiDetector
from detectors.secrets.build import ALNUM, BASE64, HEX, sample

UUID = "6b0d549b-6f03-475a-9600-a35a099950d8"
DIGEST = sample(HEX, 64, seed=5)
COMMIT = sample(HEX, 40, seed=6)
GITHUB = "ghp_" + sample(ALNUM, 36)
OPAQUE = "Zk93jd8sKq02mmXp1vT4"
LONG = sample(ALNUM, 700, seed=7) + "=" + sample(ALNUM, 60, seed=8)
KEY_LINE = sample(BASE64, 64, seed=9)
BLOCK = "\n".join([KEY_LINE] * 4)


def found(detector, text):
    return [(one.rule, one.span.of(text)) for one in detector.detect(text)]


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        (f"Use {GITHUB}.", "github-token", GITHUB),
        (f"x{GITHUB}", "github-token", GITHUB),
        (f"ghp_{GITHUB}", "github-token", GITHUB),
        (f"The key you asked for is {OPAQUE}.", None, OPAQUE),
        (f"api_key = '{sample(HEX, 32)}'", None, sample(HEX, 32)),
        (f"heroku api key: {UUID}", "heroku-api-key", UUID),
        ("The admin password is Tr0ub4dor-3.", "password", "Tr0ub4dor-3"),
        ('password: "correct horse battery staple"', "password", "correct horse battery staple"),
        ("Das Kennwort lautet Fr3ibad!2x.", "password", "Fr3ibad!2x"),
        ("Le mot de passe est Bonj0ur-42x", "password", "Bonj0ur-42x"),
        ("La contraseña es Perr0-azul9", "password", "Perr0-azul9"),
        ("La password è Gatt0-ner0", "password", "Gatt0-ner0"),
        ("Het wachtwoord is Fiets-44x", "password", "Fiets-44x"),
        ("curl -u deploy:s3cr3tPa55 https://acme.test/", "password", "s3cr3tPa55"),
        ("mysql -u root -ps3cr3tPa55 shop", "password", "s3cr3tPa55"),
        ("ALTER USER app IDENTIFIED BY 's3cr3tPa55';", "password", "s3cr3tPa55"),
        ("Log in as admin with the password kX9#mQ2$vL.", "password", "kX9#mQ2$vL"),
        ("use Tr0ub4dor-3 as the password", "password", "Tr0ub4dor-3"),
        ("Das Kennwort für den Server ist S0mmer!2024.", "password", "S0mmer!2024"),
        ("The credentials are admin:Tr0ub4dor-3", "password", "Tr0ub4dor-3"),
        ("the PIN is 4831", "password", "4831"),
        (f"Der geheime Schlüssel wurde auf {UUID} geändert.", "keyed-value", UUID),
        (f"Utilisez {UUID} comme clé secrète.", "keyed-value", UUID),
        (f"Aquí tienes la clave: {OPAQUE}", None, OPAQUE),
        (f"Ecco la chiave: {OPAQUE}", None, OPAQUE),
        (f"Hier is de sleutel: {OPAQUE}", None, OPAQUE),
        (f"acme_token = {LONG}", "keyed-value", LONG),
        (f"postgres://app:{OPAQUE}@db.test/x", "url-password", f"postgres://app:{OPAQUE}@db.test/x"),
        (f"redis://app:{OPAQUE}@db.example.com/1", "url-password", f"redis://app:{OPAQUE}@db.example.com/1"),
        (f"LAUNCHDARKLY_TOKEN=api-{OPAQUE}", "keyed-value", f"api-{OPAQUE}"),
        (
            f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,1F77\n\n{BLOCK}\n-----END RSA PRIVATE KEY-----",
            "private-key",
            None,
        ),
        (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BLOCK}", "private-key", None),
        (
            f'"-----BEGIN PRIVATE KEY-----\\n{KEY_LINE}\\n{KEY_LINE}\\n-----END PRIVATE KEY-----\\n"',
            "private-key",
            None,
        ),
    ],
)
def test_a_credential_is_found_where_it_stands(secrets, text, rule, value):
    hits = found(secrets, text)
    assert len(hits) == 1
    assert rule is None or hits[0][0] == rule
    assert value is None or hits[0][1] == value


@pytest.mark.parametrize(
    "text",
    [
        f"The request id in the trace was {UUID}.",
        f"commit {COMMIT}\nAuthor: someone",
        f"{COMMIT} Merge pull request 12 from main",
        f"sha256:{DIGEST}",
        f"checksum: {DIGEST}",
        f'"integrity": "sha512-{sample(BASE64, 86)}=="',
        f"golang.org/x/sys v0.1.0 h1:{sample(BASE64, 43)}=",
        f"tests/test_passwords.py,sha256={sample(ALNUM, 43)},1028",
        f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA{sample(ALNUM, 44)} ann@laptop",
        f"-----BEGIN PUBLIC KEY-----\n{BLOCK}\n-----END PUBLIC KEY-----",
        f"-----BEGIN CERTIFICATE-----\n{BLOCK}\n-----END CERTIFICATE-----",
        f"data:image/png;base64,iVBORw0KGgo{sample(BASE64, 80)}",
        "password: ********",
        'usernameLabel: "Name:", passwordLabel: "Password:", rememberLabel: "Remember me 4711:"',
        """echo 'export DATABASE_PASSWORD="'$OTHER_PASSWORD'"' >> .env""",
        "doc.Security.KeySize = PdfEncryptionKeySize.Key128Bit;",
        "the API moved from gpt-4o-audio-preview-2024-10-01 to o1-mini-2024-09-12",
        'the token header "HTTP_403_FORBIDDEN" is sent with httpx2.AsyncClient',
        "rc: allow loading username and password from ~/.netrc",
        "The passcode list passes __round__() and sha256sum",
        f"public_key = {OPAQUE}",
        f"cache_key: {OPAQUE}",
        "export API_KEY=your-api-key-here",
        "token = os.environ['TOKEN']",
        "password = get_password(user)",
        "The password is correct.",
        "Reset your password: click the link.",
        "ghp_" + "x" * 36,
        "AKIAIOSFODNN7EXAMPLE",
        "The file begins with -----BEGIN PRIVATE KEY----- and ends later.",
        "def test_the_access_token_is_refreshed_when_it_expires(client):",
    ],
)
def test_what_only_looks_like_a_credential_is_left_alone(secrets, text):
    assert found(secrets, text) == []


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("Mail ann.o'neil+x@mail.acme.co.uk, please.", "EMAIL_ADDRESS", "ann.o'neil+x@mail.acme.co.uk"),
        ("Pay with 4111 1111 1111 1111 now", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("item 3 4111 1111 1111 1111", "CREDIT_CARD", "4111 1111 1111 1111"),
        ("amex 3782-822463-10005", "CREDIT_CARD", "3782-822463-10005"),
        ("IBAN GB29 NWBK 6016 1331 9268 19.", "IBAN_CODE", "GB29 NWBK 6016 1331 9268 19"),
        ("call +1 (415) 555-2671 today", "PHONE_NUMBER", "+1 (415) 555-2671"),
        ("Tel. 030 901820", "PHONE_NUMBER", "030 901820"),
        ("my ssn is 536 22 1234", "US_SSN", "536 22 1234"),
        ("from 8.8.4.4 at noon", "IP_ADDRESS", "8.8.4.4"),
        ("2001:4860:4860::8888 answered", "IP_ADDRESS", "2001:4860:4860::8888"),
        ("eth0 00:1b:63:84:45:e6", "MAC_ADDRESS", "00:1b:63:84:45:e6"),
        ("wallet 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "CRYPTO", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("She was born on 12 March 1980.", "DATE_OF_BIRTH", "12 March 1980"),
        ("Geburtsdatum: 03.11.1975", "DATE_OF_BIRTH", "03.11.1975"),
        ("MRN: 00482913", "MEDICAL_RECORD", "00482913"),
        ("passport number C01X00T47", "PASSPORT", "C01X00T47"),
        ("NHS number 943 476 5919", "UK_NHS", "943 476 5919"),
        ("su DNI 12345678Z", "ES_NIF", "12345678Z"),
        ("codice RCCMNL83S18D969H", "IT_FISCAL_CODE", "RCCMNL83S18D969H"),
        ("https://acme.test/u?email=ann%40acme.test", "URL", "https://acme.test/u?email=ann%40acme.test"),
        ("She lives at 12 North Main Street.", "LOCATION", "12 North Main Street"),
        ("Hauptstraße 12a", "LOCATION", "Hauptstraße 12a"),
        ("ann\u200b@acme\u00ad.test", "EMAIL_ADDRESS", "ann\u200b@acme\u00ad.test"),
        ("card ４１１１１１１１１１１１１１１１", "CREDIT_CARD", "４１１１１１１１１１１１１１１１"),
    ],
)
def test_personal_data_is_found_where_it_stands(pii, text, entity, value):
    assert (entity, value) in found(pii, text)
    assert len(found(pii, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "released on 2024-03-11 at 12:30:45",
        "version 10.15.7.1 of the driver",
        "host 192.168.1.10 and 127.0.0.1, or :: and 203.0.113.7",
        "std::vector<int> v; a::b",
        "order 4111 1111 1111 1112",
        "pi is 3.14159265358979",
        "git@github.com:acme/app.git",
        "image@2x.png",
        "chapters 12, 13 and 14; pages 100-120",
        "0000-0000-0000-0000",
        "build 20240311123045",
        "S3, C4 and individual plans",
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(pii, text):
    assert found(pii, text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The contract was signed by John Fitzgerald yesterday.", "John Fitzgerald"),
        ("Dear Ms. Okonkwo, thank you.", "Okonkwo"),
        ("Angela Merkel's speech", "Angela Merkel"),
    ],
)
def test_names_are_found(pii_with_names, text, name):
    assert ("PERSON", name) in found(pii_with_names, text)


def test_code_and_headings_hold_no_names(pii_with_names):
    text = (
        "class StreamReader(Codec):\n    pass\n\nFormat String Syntax\n\nThe Library is free. Git and Python are tools."
    )
    assert found(pii_with_names, text) == []


def test_only_what_is_asked_for_is_found(secrets):
    detector = PiiDetector(ner=False, entities=["EMAIL_ADDRESS"])
    assert found(detector, "ann@acme.test, 4111 1111 1111 1111") == [("EMAIL_ADDRESS", "ann@acme.test")]


def test_a_threshold_decides():
    text = "my number 536-22-1234"
    assert found(PiiDetector(ner=False), text) == [("US_SSN", "536-22-1234")]
    assert found(PiiDetector(ner=False, thresholds={"US_SSN": 0.9}), text) == []


@pytest.mark.parametrize(
    "wrong", [{"entities": ["NAME"]}, {"thresholds": {"PERSON": 2.0}}, {"thresholds": {"NAME": 0.5}}]
)
def test_wrong_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=r"unknown entity|must be in"):
        PiiDetector(**wrong)


def test_a_missing_model_withholds_the_answer_and_says_what_to_install():
    detector = PiiDetector(model="no_such_model")
    for _ in range(2):
        with pytest.raises(DetectorUnavailable, match="pip install no-such-model"):
            detector.detect("anything")


@pytest.mark.parametrize(
    "dress",
    [
        str.lower,
        str.upper,
        " ".join,
        lambda m: m.replace("-", ""),
        lambda m: m.replace("-", " . "),
        lambda m: m[::-1],
        lambda m: base64.b64encode(m.encode()).decode(),
        lambda m: base64.b64encode(("x " + m + " and more").encode()).decode(),
        lambda m: base64.urlsafe_b64encode(("ab" + m).encode()).decode(),
        lambda m: m.encode().hex(),
        "\u200b".join,
        lambda m: m.translate({ord(c): ord(c) + 0xFEE0 for c in m if c != "-"}),
    ],
)
def test_a_marker_is_found_however_it_is_dressed(canaries, a_marker, dress):
    text = f"see {dress(a_marker)} there"
    (one,) = canaries.detect(text)
    assert one.span.start >= 4
    assert one.span.end <= len(text) - 6


def test_another_key_finds_nothing(canaries, a_marker):
    from detectors.canaries import CanaryDetector

    assert CanaryDetector(b"another key of length").detect(a_marker) == []
    for place in (6, 13):
        other = "K" if a_marker[place] != "K" else "M"
        assert canaries.detect(a_marker[:place] + other + a_marker[place + 1 :]) == []
