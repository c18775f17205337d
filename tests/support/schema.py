"""The schema that the models speak of, for the laws of tables and to compare the migrations with."""

import importlib
import pkgutil

from sqlalchemy import Engine

import shop
from shop.kernel.db import Model


def every_model_module() -> list[str]:
    """Return the name of every module of the house that may hold tables."""
    names = [module.name for module in pkgutil.walk_packages(shop.__path__, "shop.")]
    return [name for name in names if name.endswith(".models")] + ["shop.kernel.jobs", "shop.kernel.outbox"]


def load_models() -> None:
    """Import every table, so that the metadata is whole."""
    for name in every_model_module():
        importlib.import_module(name)


def build_from_models(engine: Engine) -> None:
    """Create every table the code knows."""
    load_models()
    Model.metadata.create_all(engine.execution_options(write=True))
