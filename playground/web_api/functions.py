"""Executions of custom Workflow Builder steps, and the Web API's ``functions`` methods that finish them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from playground.web_api.call import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playground.web_api.call import ApiCall

Json = dict[str, Any]

_TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}


class State(StrEnum):
    """The state of an execution."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(slots=True)
class Execution:
    """An execution of a step."""

    id: str
    team: str
    declared: Mapping[str, Any]
    """The step's declaration in the manifest."""
    state: State = State.RUNNING
    outputs: Json = field(default_factory=dict)
    error: str = ""
    """The error message for the workflow's owner."""


def problems_with(values: object, declared: Mapping[str, Any]) -> Iterator[str]:
    """Yield error messages for inputs or outputs that don't match the declared parameters."""
    if not isinstance(values, dict):
        yield "must be an object"
        return
    for name, parameter in declared.items():
        if name not in values:
            if parameter.get("is_required"):
                yield f"missing required parameter: {name}"
        elif not isinstance(values[name], _TYPES.get(parameter["type"], object)):
            yield f"{name} must be of type {parameter['type']}"
    yield from (f"unknown parameter: {name}" for name in values if name not in declared)


def complete_success(call: ApiCall) -> Json:
    """``functions.completeSuccess``."""
    execution = _running(call)
    outputs = call.nested("outputs")
    if problems := list(problems_with(outputs, execution.declared["output_parameters"])):
        raise Refusal("parameter_validation_failed", problems)
    execution.outputs, execution.state = outputs, State.COMPLETED
    return {}


def complete_error(call: ApiCall) -> Json:
    """``functions.completeError``."""
    execution = _running(call)
    execution.error, execution.state = call.needed("error"), State.FAILED
    return {}


def _running(call: ApiCall) -> Execution:
    execution = call.service.executions.get(call.needed("function_execution_id"))
    if execution is None:
        raise Refusal("function_execution_not_found")
    if execution.team != call.workspace.id:
        raise Refusal("access_denied")
    if execution.state is not State.RUNNING:
        raise Refusal("execution_not_in_running_state")
    return execution
