"""What a run folder's configuration may name: nothing that is not ours or trusted is made of it."""

import pytest
from omegaconf import OmegaConf

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.methods.trust import trusting
from vsumlab.runs.targets import check_resolved, check_targets


def plain(*overrides: str) -> dict:
    return OmegaConf.to_container(compose_config(overrides), resolve=True)


@pytest.mark.parametrize(
    "overrides",
    [(), ("data=tvsum", "logger=wandb", "selection=test_oracle"), ("setting=transfer", "data=summe")],
)
def test_what_conf_makes_is_ours(overrides) -> None:
    check_targets(plain(*overrides), "run")


@pytest.mark.parametrize(
    "target", ["os.system", "subprocess.check_output", "vsumlab.runs.record.subprocess.run"]
)
@pytest.mark.parametrize("place", ["method", "trainer", "data", "callbacks", "logger"])
def test_nothing_else_is(target, place) -> None:
    config = plain()
    config[place] = {**config[place], "more": [{"_target_": target, "args": "id"}]}
    with pytest.raises(UserError, match=f"run: names '{target}'"):
        check_targets(config, "run")
    with trusting(["subprocess", "os"]):
        if target.startswith("vsumlab."):
            with pytest.raises(UserError, match="no method"):
                check_targets(config, "run")


def test_a_logger_that_sends_elsewhere_and_a_reference_are_refused() -> None:
    config = plain("logger=wandb")
    config["logger"]["settings"] = {"base_url": "https://example.org"}
    with pytest.raises(UserError, match=r"run: logger\.settings: might send elsewhere"):
        check_targets(config, "run")
    with pytest.raises(UserError, match="has no reference"):
        check_resolved(plain() | {"remark": "${oc.env:HOME}"}, "run")
