"""Names whose modules are imported when they are first used."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from advgame.lazy_names import lazy_names

LAZY = ("advgame", "advgame.studies", "advgame.lab")


@pytest.mark.parametrize("package", LAZY)
def test_no_lazy_name_is_also_the_name_of_a_module(package: str) -> None:
    """The module would replace the object as soon as it is imported."""
    module = import_module(package)
    homes = getattr(module, "_HOME_OF", None) or module._HOMES
    modules = {path.stem for folder in module.__path__ for path in Path(folder).iterdir()}
    assert set(homes) & modules == set()


@pytest.mark.parametrize("package", LAZY)
def test_an_unknown_name_of_a_lazy_package_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'portofolio'"):
        import_module(package).portofolio  # noqa: B018


def test_every_name_of_the_studies_can_be_imported() -> None:
    studies = import_module("advgame.studies")
    for name in studies.__all__:
        assert getattr(studies, name) is not None
    assert set(studies._HOME_OF) <= set(studies.__all__)


def test_a_lazy_name_is_looked_up_once() -> None:
    lazily = lazy_names("advgame.statistics", {"hypot": "math"})
    assert lazily("hypot")(3.0, 4.0) == 5.0
    statistics = import_module("advgame.statistics")
    assert vars(statistics).pop("hypot")(3.0, 4.0) == 5.0
