"""The programming interface against its own description, by calls that schemathesis makes up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from tests.web_world import NOW, World, world

# A longer run: CONGVAN_API_EXAMPLES=100 pytest tests/test_web_api.py
EXAMPLES = int(os.environ.get("CONGVAN_API_EXAMPLES", "3"))
CHECKS = [
    not_a_server_error, openapi.status_code_conformance, openapi.content_type_conformance,
    openapi.response_schema_conformance, openapi.response_headers_conformance,
]  # fmt: skip
GIVEN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("api"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def token(here: World) -> str:
    return here.office.accounts.make_token(here.account("administrator"), "test", ["read", "review", "operate"], NOW)


def test_every_call_is_answered_as_described(here: World, token: str) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", here.app)
    calls = 0

    def ask(case: schemathesis.Case) -> None:
        nonlocal calls
        calls += 1
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)

    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                GIVEN(given(case=operation.as_strategy(generation_mode=mode))(ask))()
            except (Unsatisfiable, SkipTest):
                continue  # nothing to get wrong in a call that takes nothing
    print(f"{calls} calls to {len(operations)} operations")
    assert len(operations) >= 18
    assert calls >= len(operations) * EXAMPLES


def test_errors_are_problem_json(here: World, token: str) -> None:
    client = here.kept(None)
    headers = {"Authorization": f"Bearer {token}"}
    for method, path, status in (
        ("GET", "/api/v1/letters/0000000000000000-1", 404),
        ("GET", "/api/v1/letters?limit=0", 422),
        ("DELETE", "/api/v1/letters", 405),
        ("GET", "/api/v1/nothing", 404),
    ):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["status"] == status
    refused = client.get("/api/v1/letters")
    assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"


def test_the_description_has_examples_and_an_error_schema(here: World) -> None:
    text = here.app.openapi()
    assert "Problem" in text["components"]["schemas"]
    assert text["paths"]["/api/v1/letters/{letter_id}"]["get"]["responses"]["404"]["content"][
        "application/problem+json"
    ]
    assert Path("/api/v1/lookup").as_posix() in text["paths"]
    for path, operations in text["paths"].items():
        for operation in operations.values():
            named = [given for given in operation.get("parameters", ()) if given["in"] == "path"]
            assert all(given["schema"].get("examples") or given.get("examples") for given in named), path
