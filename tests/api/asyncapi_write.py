#!/usr/bin/python3
"""Writes core/api/asyncapi.yaml from the code's tables and the words in asyncapi_words.yaml.

  tests/api/asyncapi_write.py TABLES > core/api/asyncapi.yaml    TABLES: the program of tables.c
"""
import json
import os
import re
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
CORE = os.path.join(HERE, "..", "..", "core")

# The wire's JSON-RPC code of a class of refusals, as core/engine/calls.c answers.
CODES = {"NOT_PERMITTED": -32002, "NOT_FOUND": -32004, "WRONG_STATE": -32005, "REFUSED": -32003,
         "PARAMS": -32602, "LIMIT": -32003}
BLOB_MAX = 28 * 1024 - 1  # KH_BLOB_BYTES of core/session/types.h
INT_MAX = 10 ** 12
TIME_PATTERN = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
# Names of the enumerations' schemas where the word alone would say too little.
ENUM_NAMES = {"item_state": "ItemStateWord"}
COMPOSITES = {"REASON": "Reason", "MARKS": "Marks", "CHOICE": "Choice", "TALLY": "Tally",
              "PROFILE": "Profile", "AGENDA_ITEM": "AgendaItem", "ASK_TEXT": "AskText",
              "BALLOT": "Ballot", "RESULT": "Result", "SUBJECTS": "Subjects", "VALUES": "Values",
              "MEMBERS": "Members", "NAMES": "Names"}


def read_tables(program):
    done = subprocess.run([program], capture_output=True, check=True)
    return json.loads(done.stdout)


def read_core(*path):
    with open(os.path.join(CORE, *path), encoding="utf-8") as file:
        return file.read()


def read_words():
    with open(os.path.join(HERE, "asyncapi_words.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def method_roles(tables):
    """The engine's methods that are no commands: {name: roles}; from methods[] of calls.c."""
    everybody = [role for role in tables["words"]["role"] if role != "server"]
    rows = re.findall(r'\{ "([a-z_.]+)", kh_call_\w+, ([^}]+) \}', read_core("engine", "calls.c"))
    return {name: [role for role in everybody if f"KH_ROLE_{role.upper()}" in roles.split(" | ")]
            or everybody for name, roles in rows}


def client_commands(tables):
    return {name: info for name, info in tables["commands"].items() if info["roles"] != ["server"]}


def camel(name):
    return "".join(part.capitalize() for part in re.split(r"[._]", name))


def enum_name(words):
    return ENUM_NAMES.get(words, camel(words))


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def field_schema(name, info, description):
    """The JSON schema of a field of a command or an event."""
    kind = info["kind"]
    if kind in COMPOSITES:
        return ref(COMPOSITES[kind])
    if kind == "WORD":
        return ref(enum_name(info["words"]))
    schemas = {
        "PERSON": {"type": "string", "minLength": 1, "maxLength": 31},
        "ITEM": {"type": "string", "minLength": 1, "maxLength": 31},
        "U32": {"type": "integer", "minimum": 0, "maximum": 2 ** 32 - 1},
        "INT": {"type": "integer", "minimum": -INT_MAX, "maximum": INT_MAX},
        "MS": {"type": "integer", "minimum": -INT_MAX, "maximum": INT_MAX},
        "TEXT": {"type": "string", "maxLength": info["bytes"] - 1},
        "TIME": {"type": ["string", "null"], "format": "date-time", "pattern": TIME_PATTERN},
        "BOOL": {"type": "boolean"},
        "BLOB": {"type": "string", "maxLength": BLOB_MAX, "pattern": "^[A-Za-z0-9_-]*$"},
    }
    if not description:
        raise SystemExit(f"asyncapi_words.yaml: fields: {name} has no description")
    return {**schemas[kind], "description": description}


class Writer:
    def __init__(self, tables, words):
        self.tables, self.words = tables, words
        self.messages = {}

    def fields(self, names, own):
        """Properties in the order of the names; @own: the message's own descriptions."""
        return {name: field_schema(name, self.tables["fields"][name],
                                   own.get(name, self.words["fields"].get(name)))
                for name in names}

    def request(self, name, words, params, extra):
        payload = {"type": "object", "required": ["jsonrpc", "id", "method"], "properties": {
            "jsonrpc": {"const": "2.0"}, "id": ref("Id"), "method": {"const": name},
            "key": {"type": "string", "minLength": 1, "maxLength": 64}, "params": params}}
        if params.get("required"):
            payload["required"].append("params")
        message = {"name": name, "summary": words["summary"], **extra}
        if "who" in words:
            message["x-who"] = words["who"]
        message["payload"] = payload
        return message

    def add_method(self, name, words, roles):
        params = {"type": "object", **words["params"]}
        message = self.request(name, words, params, {"x-roles": roles,
                                                     "x-phases": self.tables["words"]["phase"]})
        message["x-result"] = words["result"]
        self.messages[camel(name)] = message

    def add_command(self, name, info):
        words = self.words["commands"][name]
        names = info["required"] + info["optional"]
        properties = self.fields(names, words.get("fields", {}))
        if "note" in info["optional"]:
            properties["reason"] = {**properties["note"], "description": "the same as note"}
        params = {"type": "object", "additionalProperties": False}
        if info["required"]:
            params["required"] = info["required"]
        if properties:
            params["properties"] = properties
        message = self.request(name, words, params,
                               {"x-roles": info["roles"], "x-phases": info["phases"]})
        message["x-result"] = ref(words.get("result", "CommandResult"))
        self.messages[camel(name)] = message

    def notification(self, method, params):
        return {"type": "object", "required": ["jsonrpc", "method", "params"], "properties": {
            "jsonrpc": {"const": "2.0"}, "method": {"const": method}, "params": params}}

    def add_event(self, name, info):
        words = self.words["events"][name]
        withheld = words.get("withheld", {})
        properties = {"seq": {"type": "integer", "minimum": 1}, "time": ref("Time"),
                      "type": {"const": name},
                      "actor": {"type": "string", "description": "whose doing it is: the roster's "
                                "id; left out when the server's"},
                      **self.fields(info["required"] + info["optional"], words.get("fields", {})),
                      **words.get("extra", {})}
        params = {"type": "object", "required": ["seq", "time", "type"] +
                  [field for field in info["required"] if field not in withheld],
                  "properties": properties}
        message = {"name": name, "summary": words["summary"]}
        if withheld:
            message["x-withheld"] = withheld
        message["payload"] = self.notification("event", params)
        self.messages["Event" + camel(name)] = message

    def add_withheld(self):
        params = {"type": "object", "required": ["seq", "type"], "properties": {
            "seq": {"type": "integer", "minimum": 1}, "type": {"const": "withheld"}}}
        self.messages["EventWithheld"] = {
            "name": "withheld", "summary": "Something that this reader may not see; keeps seq "
            "without a gap.", "payload": self.notification("event", params)}

    def add_answers(self):
        self.messages["Result"] = {
            "name": "result", "summary": "The answer to a request; see x-result of its message.",
            "payload": {"type": "object", "required": ["jsonrpc", "id", "result"], "properties": {
                "jsonrpc": {"const": "2.0"}, "id": ref("Id"), "result": {"type": "object"}}}}
        error = {"type": "object", "required": ["code", "message"], "properties": {
            "code": ref("ErrorCode"), "message": {"type": "string"}, "data": ref("ErrorData")}}
        self.messages["Error"] = {
            "name": "error",
            "summary": "Why a request was not carried out. Refusals are answers, not faults.",
            "payload": {"type": "object", "required": ["jsonrpc", "id", "error"], "properties": {
                "jsonrpc": {"const": "2.0"}, "id": {"oneOf": [ref("Id"), {"type": "null"}]},
                "error": error}}}

    def error_codes(self):
        rows = re.findall(r"KH_RPC_(\w+) = (-\d+)", read_core("api", "api.h"))
        return {"type": "integer", "enum": [int(code) for _, code in rows],
                "x-enum-varnames": [name.lower() for name, _ in rows],
                "description": "-32003 refused: a rule said no. -32007 unavailable: nothing was done; "
                               "safe to repeat with the same key."}

    def enums(self):
        return {enum_name(name): {"type": "string", "enum": words}
                for name, words in self.tables["words"].items()}

    def refusals(self):
        return [{"code": code, "rpc": CODES[r["class"]], "reason": {"vi": r["vi"], "en": r["en"]},
                 "rule": r["rule"]} for code, r in self.tables["refusals"].items()]

    def document(self):
        everybody = [role for role in self.tables["words"]["role"] if role != "server"]
        roles = method_roles(self.tables)
        for name, words in self.words["methods"].items():
            self.add_method(name, words, roles.get(name, everybody))
        for name, info in client_commands(self.tables).items():
            self.add_command(name, info)
        requests = list(self.messages)
        self.add_answers()
        for name, words in self.words["notifications"].items():
            self.messages[camel(name)] = {"name": name, "summary": words["summary"],
                                          "payload": self.notification(name, words["params"])}
        for name, info in self.tables["events"].items():
            self.add_event(name, info)
        self.add_withheld()
        return self.whole(requests)

    def whole(self, requests):
        def side(operation, summary, names):
            return {"operationId": operation, "summary": summary, "message": {
                "oneOf": [{"$ref": f"#/components/messages/{name}"} for name in names]}}
        socket = {"ws": {"method": "GET", "headers": {
            "type": "object", "required": ["Sec-WebSocket-Protocol"],
            "properties": {"Sec-WebSocket-Protocol": {"const": "kyhop.v1"}}}}}
        told = [name for name in self.messages if name not in requests]
        return {
            **self.words["top"],
            "channels": {"/": {"bindings": socket,
                               "publish": side("request", "What a client sends.", requests),
                               "subscribe": side("receive", "What the server sends.", told)}},
            "components": {"messages": self.messages,
                           "schemas": {"ErrorCode": self.error_codes(), **self.words["schemas"],
                                       **self.enums()}},
            "x-refusals": self.refusals(),
            "x-reasons": self.words["reasons"],
        }


class Dumper(yaml.SafeDumper):
    """Small things on one line, nothing by alias, long texts folded."""

    def ignore_aliases(self, data):
        return True

    def represent_text(self, text):
        style = ">" if len(text) > 300 else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, Dumper.represent_text)

HEAD = """# Written by tests/api/asyncapi_write.py from the tables of core/session and the words in
# tests/api/asyncapi_words.yaml; change those, not this file. A test holds it against the code.
"""


def write(tables):
    document = Writer(tables, read_words()).document()
    return HEAD + yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120,
                            default_flow_style=None)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(write(read_tables(sys.argv[1])))
