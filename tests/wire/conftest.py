"""What the tests of the wire share."""

from __future__ import annotations

from typing import get_args

import pytest

from civicbus.wire.guard import Guard, Mode
from tests.wire.corpus import PUBLISHERS, catalogue
from tests.wire.makers import ENVIRONMENT


@pytest.fixture(scope="session", params=get_args(Mode))
def guard(request: pytest.FixtureRequest) -> Guard:
    """A guard in each mode; it keeps nothing from one block to the next."""
    mode: Mode = request.param
    return Guard(catalogue(), PUBLISHERS, ENVIRONMENT, mode)
