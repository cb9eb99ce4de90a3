"""The description and the running server say the same: made-up requests find no 5xx and no answer that it lacks."""

from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chatops.core.people import Role, User, everywhere
from tests.api.door import ANNA, OLEG, VERA, ApiHouse

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EACH = 8
"""Requests made up of each operation, by each kind of person. `make` has no target for more: raise it by hand."""


def test_every_operation_is_described_once(shop: ApiHouse) -> None:
    told = shop.get("/openapi.json", by=None)
    ids = [each["operationId"] for path in told["paths"].values() for each in path.values() if "operationId" in each]
    assert len(ids) == len(set(ids)) > 20


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_made_up_requests_are_answered_as_described(shop: ApiHouse, mode: GenerationMode) -> None:
    shop.opened()
    schema: Any = schemathesis.openapi.from_dict(shop.get("/openapi.json", by=None))
    schema.config.update(base_url=f"http://127.0.0.1:{shop.server.port}")
    for found in schema.get_all_operations():
        operation = found.ok()
        for user_id in (ANNA, VERA):
            _asked(shop, operation, user_id, mode)


def _asked(shop: ApiHouse, operation: Any, user_id: int, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(20261126)
    def asked(case: Case) -> None:
        # What earlier requests did must not decide what this one finds.
        shop.store.users.put(User(ANNA, "@anna", everywhere(Role.ADMIN)))
        shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
        shop.passes(2)
        if "{number}" in operation.path:
            case.path_parameters = {**(case.path_parameters or {}), "number": 1}
        case.call_and_validate(checks=CHECKS, headers={"Authorization": shop.session(user_id)})

    # Of what takes nothing there is nothing that could be wrong.
    with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
        asked()
