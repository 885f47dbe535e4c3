"""Training times and hyper-parameters that the methods' pages take from papers and from authors' code."""

from typing import Any

import pytest
from omegaconf import OmegaConf
from support.methods import made_method, method_config
from torch import nn

GAN = {"hidden_size": 256, "layers": 2, "learning_rate": 1e-4, "discriminator_learning_rate": 1e-5}
ATTENTION = {"dropout": 0.5, "weight_decay": 1e-5}
FCN = {"frames": 320, "keyframe_share": 0.15, "hidden_size": 1024, "dropout": 0.5}

VALUES: dict[str, tuple[int, int, float | None, dict[str, Any]]] = {
    # epochs, videos a step, what the Trainer clips gradients to, hyper-parameters
    "ca_sum": (400, 40, 5.0, {"block_size": 60, "sigma": 0.6, "learning_rate": 5e-4, **ATTENTION}),
    "dpp_lstm": (
        *(50, 10, None),
        {
            **{"hidden_size": 256, "kernel_size": 256, "ridge": 1e-3, "keyframe_share": 0.15},
            **{"pretraining_epochs": 25, "learning_rate": 1e-3},
        },
    ),
    "dr_dsn": (
        *(60, 1, 5.0),
        {
            **{"hidden_size": 256, "episodes": 5, "distance": 20, "share": 0.5, "length_weight": 0.01},
            **{"baseline_decay": 0.9, "supervised": False, "keyframe_share": 0.15},
            **{"learning_rate": 1e-5, "weight_decay": 1e-5},
        },
    ),
    "pgl_sum": (
        *(200, 40, 5.0),
        {"heads": 8, "segments": 4, "local_heads": 4, "learning_rate": 5e-5, **ATTENTION},
    ),
    "sum_fcn": (100, 5, 5.0, {"objective": "diversity", "learning_rate": 1e-3, "momentum": 0.9, **FCN}),
    "sum_gan": (20, 1, None, {"regularization": "length", "sparsity": 0.3, "gradient_clip": 5.0, **GAN}),
    "sum_gan_aae": (100, 1, None, {"sparsity": 0.15, "gradient_clip": 5.0, **GAN}),
    "vasnet": (300, 1, None, {"scale": 0.06, "transposed": True, "learning_rate": 5e-5, **ATTENTION}),
    "vs_lstm": (25, 10, None, {"hidden_size": 256, "learning_rate": 1e-3}),
}

DERIVED = {
    "dr_dsn_supervised": ("dr_dsn", {"supervised": True}),
    "sum_fcn_supervised": ("sum_fcn", {"objective": "labels"}),
    "sum_gan_rep": ("sum_gan", {"regularization": "repelling"}),
    "sum_gan_supervised": ("sum_gan", {"regularization": "labels"}),
}


def configured(name: str) -> tuple[int, int, float | None, dict[str, Any]]:
    config = method_config(f"method={name}")
    chosen: Any = OmegaConf.to_container(config.method, resolve=True)
    del chosen["_target_"]
    trainer = config.trainer
    return trainer.max_epochs, config.batch_size, trainer.get("gradient_clip_val"), chosen


@pytest.mark.parametrize("name", VALUES)
def test_a_method_is_trained_as_its_page_says(name) -> None:
    assert configured(name) == VALUES[name]


@pytest.mark.parametrize("name", DERIVED)
def test_another_form_of_a_method_differs_from_it_in_one_switch(name) -> None:
    base, switch = DERIVED[name]
    *trained, chosen = VALUES[base]
    assert configured(name) == (*trained, chosen | switch)


@pytest.mark.parametrize(("name", "norm_bias"), [("vasnet", 0.0), ("ca_sum", 0.1), ("pgl_sum", 0.1)])
def test_weights_start_as_in_the_authors_code(name, norm_bias) -> None:
    """Xavier's rule with a gain of sqrt(2); PGL-SUM's heads, by their own sizes, have another test."""
    method = made_method(f"method={name}", feature_dim=64)
    norms = [layer for layer in method.modules() if isinstance(layer, nn.LayerNorm)]
    assert norms
    assert all((norm.bias == norm_bias).all() for norm in norms)
    maps = {key: layer for key, layer in method.named_modules() if isinstance(layer, nn.Linear)}
    for key, layer in maps.items():
        if layer.bias is not None:
            assert (layer.bias == 0.1).all(), key
        if name != "pgl_sum" or "regressor" in key:
            bound = (2 * 6 / (layer.in_features + layer.out_features)) ** 0.5
            assert 0.9 * bound < layer.weight.abs().max() <= bound, key
    assert len(maps) >= 6
