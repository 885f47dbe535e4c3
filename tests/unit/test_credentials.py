"""Keys are refused wherever a configuration has them, and the refusal does not repeat them."""

import pytest

from vsumlab.config import compose_config
from vsumlab.credentials import check_no_credentials
from vsumlab.errors import UserError

CANARY = "c0ffee" * 7


@pytest.mark.parametrize(
    "entry",
    [
        "+logger.api_key={}",
        "logger.key={}",
        "logger.settings.api_key={}",
        "++logger.password={}",
        "a.wandb_api_key={}",
        "data.auth_token={}",
        "data={{auth_token: '{}'}}",
        "logger={{_target_:x,api_key:{}}}",
    ],
)
def test_a_key_is_refused_and_not_repeated(entry) -> None:
    with pytest.raises(UserError, match="WANDB_API_KEY") as caught:
        check_no_credentials([entry.format(CANARY)])
    assert CANARY not in str(caught.value)


def test_the_key_of_the_environment_is_refused_under_any_name(monkeypatch) -> None:
    check_no_credentials([f"remark={CANARY}"])
    monkeypatch.setenv("WANDB_API_KEY", CANARY)
    with pytest.raises(UserError, match=r"^remark: a key would be kept") as caught:
        compose_config(["remark=${oc.env:WANDB_API_KEY}"])
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "entry",
    [
        "method.class_token=true",
        "method.class_token=mean",
        "method.position_token=sinusoidal_and_learned",
        "method.tokens=abc",
        "keys=a",
        "method.key=a",
        "remark=a key",
        "logger.token=null",
    ],
)
def test_what_is_no_key_is_not(entry) -> None:
    check_no_credentials([entry])
