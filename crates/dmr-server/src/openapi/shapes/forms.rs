//! Form plans.

use super::{Named, names, refer};
use dmr::core::Value;
use dmr::core::widget::Widget;
use serde_json::json;

pub fn all() -> Named {
    vec![("Form", form()), ("Control", control()), ("ControlRule", rule()), ("ControlCondition", condition())]
}

fn form() -> Value {
    json!({
        "type": "object",
        "required": ["model", "version", "may", "record", "parts"],
        "properties": {
            "model": { "type": "string" },
            "version": { "type": "string" },
            "may": { "type": "array", "items": { "enum": ["create", "read", "update", "delete", "list"] } },
            "record": refer("Control"),
            "parts": { "type": "object", "additionalProperties": refer("Control"), "description": "by the names under which controls refer to them" },
        },
        "additionalProperties": false,
    })
}

fn control() -> Value {
    let flag = json!({ "type": "boolean" });
    let controls = json!({ "type": "array", "items": refer("Control") });
    let rules = json!({ "type": "array", "items": refer("ControlRule") });
    let option = json!({ "type": "object", "required": ["value", "label"], "properties": { "label": { "type": "string" } } });
    let kind = json!({
        "type": "object",
        "required": ["label", "control"],
        "properties": { "label": { "type": "string" }, "when": { "type": "object" }, "control": refer("Control") },
    });
    json!({
        "type": "object",
        "required": ["pointer", "shape", "widget", "label", "required", "metadata"],
        "properties": {
            "name": { "type": "string" },
            "pointer": { "type": "string", "description": "where the value stands; `*` is any place of a list or key of a map" },
            "path": { "type": "string", "description": "under which name its widget can be chosen" },
            "shape": { "enum": ["value", "object", "list", "map", "union", "part"] },
            "widget": { "enum": Widget::ALL.map(Widget::name) },
            "label": { "type": "string" },
            "placeholder": { "type": "string" },
            "help": { "type": "string" },
            "required": flag, "read_only": flag, "write_only": flag, "hidden": flag, "nullable": flag, "others": flag, "open": flag,
            "rules": rules,
            "options": { "type": "array", "items": option },
            "fields": controls,
            "conditions": { "type": "array", "items": refer("ControlCondition") },
            "places": controls,
            "item": refer("Control"), "key": refer("Control"), "value": refer("Control"),
            "kinds": { "type": "array", "items": kind },
            "part": { "type": "string" },
            "left_to_server": rules,
            "metadata": metadata(),
            "default": {},
        },
        "additionalProperties": false,
    })
}

fn metadata() -> Value {
    json!({
        "type": "object",
        "required": ["type", "chosen_by", "reason"],
        "properties": {
            "type": { "type": "string" },
            "format": { "type": "string" },
            "picks": { "enum": ["date", "time", "date_time"] },
            "chosen_by": { "enum": ["hint", "type", "name", "constraints", "values", "default"] },
            "reason": { "type": "string" },
            "examples": { "type": "array" },
        },
        "additionalProperties": false,
    })
}

fn rule() -> Value {
    json!({
        "type": "object",
        "required": ["rule", "message"],
        "properties": { "rule": { "type": "string", "description": "as the schema spells it" }, "value": {}, "message": { "type": "string" } },
        "additionalProperties": false,
    })
}

fn condition() -> Value {
    let test = json!({
        "type": "object",
        "required": ["field", "absent"],
        "properties": { "field": { "type": "string" }, "is": { "type": "array" }, "absent": { "type": "boolean" } },
    });
    json!({
        "type": "object",
        "required": ["when"],
        "properties": { "when": test, "then_required": names(), "then_fields": names(), "else_required": names(), "else_fields": names() },
        "additionalProperties": false,
    })
}
