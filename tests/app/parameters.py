"""The slider and the field of a parameter, whose keys change where another value is shown."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Slider


def slider_of(page: AppTest, parameter: str) -> Slider:
    """The one slider of a parameter, as the page stands."""
    [found] = [slider for slider in page.slider if widget(slider.key) == f"slider {parameter}"]
    return found


def field_of(page: AppTest, parameter: str) -> NumberInput:
    """The one field of a parameter to type a number in, as the page stands."""
    [found] = [field for field in page.number_input if widget(field.key) == f"number {parameter}"]
    return found


def widget(key: str | None) -> str:
    """The key of a widget without its version.

    >>> widget("slider attack_cost #3"), widget("slider attack_cost")
    ('slider attack_cost', 'slider attack_cost')
    """
    return str(key).partition(" #")[0]
