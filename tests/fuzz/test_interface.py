"""Every operation of the JSON interface with made-up data (schemathesis): no fault of ours, no answer that was not announced.

Each operation is asked by posts drawn at random and by strangers, with data that fits its description and data that does not; half of the
ids exist. Every action of a case is an operation of its own here, with the schema that ``GET /actions`` gives. What an example wrote is
taken back. ``URBANGRID_FUZZ_EXAMPLES=200`` looks longer.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.support.city import City
from tests.support.desk import TRAVELS
from tests.support.every_stage import EVERYBODY, Story, Turn, bounded, with_real_ids
from urbangrid.accounts import actions as accounts
from urbangrid.cases.actions import ACTIONS
from urbangrid.config.api import api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ONE_ACTION = "/api/v1/cases/{ref}/actions/{action}"
Operation = APIOperation[Any, Any, Any, Any]
Bearers = dict[str, dict[str, str]]
Seen = Counter[tuple[str, int]]
"""Answers by operation and status."""


def _description() -> dict[str, Any]:
    """The description as served, with one address per action, whose data have their own shape."""
    told: dict[str, Any] = copy.deepcopy(dict(api.get_openapi_schema()))
    general = told["paths"].pop(ONE_ACTION)
    for name, action in ACTIONS.items():
        one = copy.deepcopy(general)
        one["post"]["operationId"] = f"act_{name}"
        one["post"]["parameters"] = [place for place in one["post"]["parameters"] if place["name"] != "action"]
        data = _inlined(TypeAdapter(action.inputs).json_schema())
        body = {"type": "object", "required": ["seq", "data"], "properties": {"seq": {"type": "integer"}, "data": data}}
        one["post"]["requestBody"]["content"]["application/json"]["schema"] = body
        told["paths"][ONE_ACTION.replace("{action}", name)] = one
    return told


def _inlined(schema: dict[str, Any]) -> Any:
    """The schema with what it refers to by name written out where it is used."""
    named = schema.pop("$defs", {})

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return put(named[value["$ref"].rpartition("/")[2]])
        return {name: put(one) for name, one in value.items()}

    return put(schema)


def _whole(application: Any) -> Any:
    """The application with every answer read to its end and closed, as a server does."""

    def answered(environ: Any, start_response: Any) -> list[bytes]:
        parts = application(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            parts.close()

    return answered


def _operations() -> list[Operation]:
    schema = schemathesis.openapi.from_dict(_description())
    schema.app = _whole(get_wsgi_application())
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


OPERATIONS = _operations()


@pytest.fixture(autouse=True)
def kept_connection(story: Story) -> Iterator[None]:
    """A request ends by closing its connection; here that would end the transaction of the test, as Django's own test client knows.

    After the story, whose requests by that client switch the closing on again.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def bearers(cast: City, story: Story) -> Bearers:
    """The header with which each post calls; the stranger has none."""
    people = {name: cast.acting(name) for name in EVERYBODY}
    tokens = {name: accounts.issue_token(one.user_id, one.appointment_id, "test", TRAVELS) for name, one in people.items()}
    return {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()} | {"stranger": {}}


def test_every_answer_is_one_that_the_description_names(story: Story, bearers: Bearers) -> None:
    found, seen = [], Seen()
    for operation in OPERATIONS:
        for kind in _kinds(operation):
            try:
                _look(operation, kind, story, bearers, seen)
            except FailureGroup as wrong:
                found.append(f"{operation.label} {kind}: {_brief(str(wrong.message))}")
    done = {label for label, status in seen if status < 300}
    print(f"{len(OPERATIONS)} operations, {seen.total()} answers, {len(done)} operations succeeded")
    assert not found, "\n\n".join(found)
    assert len(done) > len(OPERATIONS) // 2, "the data hardly reach what stands behind the checks"


def _brief(message: str) -> str:
    """What was wrong and how to do it again, without pages of body."""
    kept = [line.strip()[:600] for line in message.splitlines() if line.strip()]
    return "\n".join(kept[:30])


def _kinds(operation: Operation) -> list[GenerationMode]:
    """Data that do not fit exist only where something is asked for."""
    asked = operation.body or operation.query or operation.path_parameters
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if asked else [])]


def _look(operation: Operation, kind: GenerationMode, story: Story, bearers: Bearers, seen: Seen) -> None:
    action = operation.path.rpartition("/actions/")[2]
    turns = story.turns.get(action, ())

    @bounded(6)
    @given(case=operation.as_strategy(generation_mode=kind), who=st.sampled_from([*bearers]), data=st.data())
    def one(case: Any, who: str, data: st.DataObject) -> None:
        turn: Turn | None = data.draw(st.sampled_from([None, *turns, *turns]))
        who = turn.who if turn else who
        if isinstance(case.path_parameters, dict):
            case.path_parameters = data.draw(with_real_ids(case.path_parameters, story, who))
        if isinstance(case.body, dict):
            case.body = data.draw(with_real_ids(case.body, story, who, action))
            if turn and "seq" in case.body:
                case.path_parameters, case.body = {"ref": turn.ref}, case.body | {"seq": turn.seq}
                if isinstance(case.body.get("data"), dict) and turn.more:
                    case.body["data"] = {**case.body["data"], **turn.more}
        with transaction.atomic():
            try:
                answer = case.call_and_validate(headers=bearers[who], checks=CHECKS)
                seen[operation.label, answer.status_code] += 1
            finally:
                transaction.set_rollback(True)

    one()
