"""Which strings of a kubeconfig are credentials: those are hidden in every log line, and no ordinary word is."""

import json

from chatops.cluster.kubeconfig import Kubeconfig


def test_s12_tokens_passwords_and_keys_are_and_commands_and_paths_are_not(tmp_path):
    """S12: also what stands in a file of its own, as it is now."""
    token = tmp_path / "token"
    token.write_text("from-a-file\n")
    plugin = {"command": "kubectl", "args": ["get-token"], "env": [{"name": "HOME_OF_IT", "value": "of-a-variable"}]}
    users = [
        {"token": "of-a-user", "client-certificate-data": "public"},
        {"username": "anna", "password": "of-anna", "client-key-data": "a-key"},
        {"tokenFile": str(token)},
        {"tokenFile": str(tmp_path / "gone")},
        {"exec": plugin},
        {"auth-provider": {"config": {"id-token": "an-id", "idp-issuer-url": "https://idp"}}},
        None,
    ]
    path = tmp_path / "config"
    path.write_text(json.dumps({"users": [{"name": str(n), "user": user} for n, user in enumerate(users)]}))
    expected = {"of-a-user", "of-anna", "a-key", "from-a-file", "of-a-variable", "an-id"}
    assert Kubeconfig(str(path)).credentials() == expected
    token.write_text("renewed")
    assert "renewed" in Kubeconfig(str(path)).credentials()
    assert Kubeconfig(str(tmp_path / "none")).credentials() == frozenset()
