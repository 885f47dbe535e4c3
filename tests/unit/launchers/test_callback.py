import pytest

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.launchers.callback import PLUGINS, check_asked, check_installed

JOBLIB, OPTUNA = PLUGINS["hydra_plugins.vsumlab.Joblib"], PLUGINS["hydra_plugins.vsumlab.Optuna"]


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    missing = JOBLIB._replace(module="no_such_plugin")
    with pytest.raises(
        UserError, match=r"^hydra/launcher=x: is not installed: pip install 'vsumlab\[joblib\]'$"
    ):
        check_installed(missing, "hydra/launcher=x")


@pytest.mark.parametrize("trainer", ["auto", "cpu", "gpu"])
def test_one_device_can_be_had(trainer) -> None:
    check_asked(JOBLIB, compose_config([f"trainer={trainer}"]), "hydra/launcher=joblib")


@pytest.mark.parametrize("several", ["trainer=ddp", "trainer.devices=2"])
def test_several_devices_cannot(several) -> None:
    with pytest.raises(UserError, match="takes one device"):
        check_asked(JOBLIB, compose_config([several]), "hydra/launcher=joblib")


def test_a_search_goes_by_validation_videos() -> None:
    for metric, said in (("null", "goes by no metric"), ("test/f1", "nothing is chosen on test videos")):
        with pytest.raises(UserError, match=said):
            check_asked(OPTUNA, compose_config([f"optimized_metric={metric}"]), "hydra/sweeper=optuna")
    check_asked(OPTUNA, compose_config(["optimized_metric=validation/loss"]), "hydra/sweeper=optuna")
