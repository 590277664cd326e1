from __future__ import annotations

import pytest

from pkm.share.secrets import secrets

RANDOM = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7"

# Put together here, so that no scanner of repositories takes them for real.
SECRETS = {
    "key header": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "pgp header": "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----",
    "aws": "AKIA" + "IOSFODNN7EXAMPLE",
    "github": "ghp_" + RANDOM[:36],
    "github, new form": "github_pat_" + RANDOM + RANDOM[:20],
    "gitlab": "glpat-" + RANDOM[:20],
    "slack": "xoxb-" + "123456789012-" + RANDOM[:12],
    "slack hook": "https://hooks.slack.com/" + "services/T00000000/B00000000/" + RANDOM[:24],
    "google": "AIza" + RANDOM[:35],
    "stripe": "sk_live_" + RANDOM[:24],
    "openai": "sk-proj-" + RANDOM,
    "npm": "npm_" + RANDOM[:36],
    "pypi": "pypi-" + RANDOM + RANDOM[:20],
    "telegram": "123456789:AA" + RANDOM[:33],
    "signed token": "eyJ" + RANDOM[:20] + ".eyJ" + RANDOM[:20] + "." + RANDOM[:20],
    "password in an address": "postgres://admin:" + "hunter2@db.example/x",
    "assigned": 'api_key = "' + RANDOM[:24] + '"',
    "assigned, in words": "Password: " + RANDOM[:20],
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_found_on_its_line(secret: str) -> None:
    text = f"one\ntwo\nsee {secret} and more\nfour\n"

    [(line, kind, fingerprint)] = secrets(text)

    assert line == 3
    assert kind
    assert fingerprint not in text


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_false_alarm_can_be_allowed(secret: str) -> None:
    [(_, _, fingerprint)] = secrets(secret)

    assert list(secrets(secret, frozenset((fingerprint,)))) == []


@pytest.mark.parametrize(
    "text",
    [
        "The password: a story about trust and words",
        "token: explanation-of-the-word",
        "secret = learningcirclesforteachers",
        "Ask for your API key at https://example.org/keys",
        "mail me at someone@example.org, see https://example.org/a:b@c",
        "id: 20261120-0812",
        'psql postgres://admin:"$PASSWORD"@localhost/x and https://user:<token>@host and https://u:***@host',
        "sk-learn and npm_config and ghp_ are words",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)
def test_words_are_no_secrets(text: str) -> None:
    assert list(secrets(text)) == []
