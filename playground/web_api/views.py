"""The Web API's ``views`` methods: modals and the App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.block_kit.blocks import check_view, images_of, with_ids
from playground.web_api.call import ApiCall, Refusal, image_problem
from playground.workspace import View

if TYPE_CHECKING:
    from playground.app_state import Service
    from playground.workspace import Workspace

Json = dict[str, Any]
MOST_MODALS = 3


def open_view(call: ApiCall) -> Json:
    """``views.open``: replaces any open modal of the user."""
    content = _checked(call, call.nested("view"), "modal")
    user = _user_of_trigger(call)
    view = new_view(call.service, user, content)
    call.workspace.modals[user] = [view]
    call.service.feed.touch()
    return {"view": view_json(view, call.workspace, call.service)}


def push(call: ApiCall) -> Json:
    """``views.push``: adds a modal to the stack, at most three."""
    content = _checked(call, call.nested("view"), "modal")
    user = _user_of_trigger(call)
    stack = call.workspace.modals.get(user, [])
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= MOST_MODALS:
        raise Refusal("push_limit_reached")
    below = stack[-1]
    view = new_view(call.service, user, content, below)
    stack.append(view)
    call.service.feed.touch()
    return {"view": view_json(view, call.workspace, call.service)}


def update(call: ApiCall) -> Json:
    """``views.update``, by ``view_id`` or ``external_id``."""
    wanted, external = call.text("view_id"), call.text("external_id")
    views = [*call.workspace.homes.values(), *(view for stack in call.workspace.modals.values() for view in stack)]
    view = next((view for view in views if view.id == wanted or (external and view.content.get("external_id") == external)), None)
    if view is None:
        raise Refusal("not_found")
    _same_hash(call, view)
    replace_content(call.service, view, _checked(call, call.nested("view"), view.content["type"]))
    return {"view": view_json(view, call.workspace, call.service)}


def publish(call: ApiCall) -> Json:
    """``views.publish``: sets a user's App Home."""
    user = call.needed("user_id")
    if user not in call.workspace.users:
        raise Refusal("user_not_found")
    content = _checked(call, call.nested("view"), "home")
    view = call.workspace.homes.get(user)
    if view is None:
        view = new_view(call.service, user, content)
        call.workspace.homes[user] = view
        call.service.feed.touch()
    else:
        _same_hash(call, view)
        replace_content(call.service, view, content)
    return {"view": view_json(view, call.workspace, call.service)}


def new_view(service: Service, user: str, content: Json, below: View | None = None) -> View:
    """Return a new view with ids filled in, without showing it."""
    view_id = service.serial("V")
    shown = {**content, "blocks": with_ids(content["blocks"], service.secret("block")[:6])}
    return View(view_id, user, shown, service.secret("hash"), below.root if below else view_id, below.id if below else None)


def replace_content(service: Service, view: View, content: Json) -> None:
    """Replace a view's content."""
    view.content = {**content, "blocks": with_ids(content["blocks"], service.secret("block")[:6])}
    view.hash = service.secret("hash")
    view.errors = {}
    service.feed.touch()


def view_json(view: View, workspace: Workspace, service: Service, state: Json | None = None) -> Json:
    """Return a view's JSON."""
    defaults = {"private_metadata": "", "callback_id": "", "external_id": ""}
    if view.content["type"] == "modal":
        defaults |= {"submit": None, "close": None, "clear_on_close": False, "notify_on_close": False}  # type: ignore[dict-item]  # null, as Slack has it
    return {
        **defaults,
        **view.content,
        "id": view.id,
        "team_id": workspace.id,
        "app_id": service.app.id,
        "app_installed_team_id": workspace.id,
        "bot_id": f"B{workspace.bot[1:]}",
        "hash": view.hash,
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "state": {"values": state or {}},
    }


def checked_view(service: Service, workspace: Workspace, view: object, kind: str) -> tuple[Json, list[str]]:
    """Return a view and the errors that Slack would report for it."""
    problems = check_view(view)
    if problems or not isinstance(view, dict):
        return {}, problems
    if view["type"] != kind:
        return {}, [f"must be {kind} [json-pointer:/view/type]"]
    images = images_of(view["blocks"], "/view/blocks")
    return view, [error for image, at in images if (error := image_problem(service, workspace, image, at))]


def _checked(call: ApiCall, view: object, kind: str) -> Json:
    content, problems = checked_view(call.service, call.workspace, view, kind)
    if problems:
        raise Refusal("invalid_arguments", problems)
    return content


def _same_hash(call: ApiCall, view: View) -> None:
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")


def _user_of_trigger(call: ApiCall) -> str:
    trigger = call.service.triggers.get(call.needed("trigger_id"))
    if trigger is None or trigger.team != call.workspace.id:
        raise Refusal("invalid_trigger_id")
    with call.workspace.lock:
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if call.service.clock() > trigger.expires:
            raise Refusal("expired_trigger_id")
        trigger.used = True
    return trigger.user
