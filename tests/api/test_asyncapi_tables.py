#!/usr/bin/python3
"""asyncapi.yaml says exactly what the code's own tables say."""
import copy
import os
import re
import unittest

import yaml

import asyncapi_write
from lib import main

TABLES = asyncapi_write.read_tables(os.environ["KH_TABLES"])
API = yaml.safe_load(asyncapi_write.read_core("api", "asyncapi.yaml"))
EVERYBODY = [role for role in TABLES["words"]["role"] if role != "server"]
DOOR = {"hello", "ping", "events.get"}

# Which JSON types a kind of field has on the wire; composites are schemas of their own.
TYPES = {"PERSON": "string", "ITEM": "string", "U32": "integer", "INT": "integer", "MS": "integer",
         "TEXT": "string", "BLOB": "string", "TIME": ["string", "null"], "BOOL": "boolean"}
# What not every reader gets (core/wire/view.c), though the event has it; and what is added.
WITHHELD = {"vote.cast": {"person", "choice", "by"}, "vote.issued": {"person", "paper", "by"}, "vote.tallied": {"counts"},
            "attendance.excused": {"note"}, "procedure.failed": {"note"}}
ADDED = {"vote.cast": {"turnout"}, "vote.issued": {"issued"},
         "sitting.resumed": {"asks", "votes"}}
HEAD = {"seq", "time", "type", "actor"}


def resolve(api, node):
    while isinstance(node, dict) and "$ref" in node:
        target = api
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def messages(api, side):
    return [resolve(api, ref) for ref in api["channels"]["/"][side]["message"]["oneOf"]]


def compare(what, told, true):
    """Differences of two collections of names."""
    return [f"{what}: {name} is missing" for name in sorted(set(true) - set(told))] + \
           [f"{what}: {name} is too much" for name in sorted(set(told) - set(true))]


def field_differences(api, tables, what, name, schema):
    info = tables["fields"][name]
    kind = info["kind"]
    if kind == "WORD":
        return compare(f"{what}.{name}", resolve(api, schema).get("enum", []),
                       tables["words"][info["words"]])
    if kind not in TYPES:
        wanted = "#/components/schemas/" + "".join(p.capitalize() for p in kind.split("_"))
        return [] if schema.get("$ref") == wanted else [f"{what}.{name}: {wanted} is wanted"]
    bad = []
    if schema.get("type") != TYPES[kind]:
        bad.append(f"{what}.{name}: type {TYPES[kind]} is wanted")
    if kind == "TEXT" and schema.get("maxLength") != info["bytes"] - 1:
        bad.append(f"{what}.{name}: maxLength {info['bytes'] - 1} is wanted")
    if kind in ("PERSON", "ITEM") and schema.get("maxLength") != id_bytes(tables):
        bad.append(f"{what}.{name}: maxLength {id_bytes(tables)} is wanted")
    if kind == "U32" and (schema.get("minimum"), schema.get("maximum")) != (0, 2 ** 32 - 1):
        bad.append(f"{what}.{name}: 0 to {2 ** 32 - 1} is wanted")
    if not schema.get("description"):
        bad.append(f"{what}.{name}: a description is wanted")
    if name.endswith("_ms") and not re.search(r"\bms\b", schema.get("description", "")):
        bad.append(f"{what}.{name}: the unit is wanted")
    return bad


def id_bytes(_tables):
    text = asyncapi_write.read_core("session", "types.h")
    return int(re.search(r"KH_ID_BYTES = (\d+)", text).group(1)) - 1


def shape_differences(what, schema, required, all_names, extra=()):
    bad = compare(f"{what} required", schema.get("required", []), required)
    return bad + compare(f"{what} fields", schema.get("properties", {}), set(all_names) | set(extra))


def command_differences(api, tables, name, info, message):
    params = message["payload"]["properties"]["params"]
    names = info["required"] + info["optional"]
    alias = {"reason"} if "note" in info["optional"] else set()
    bad = shape_differences(name, params, info["required"], names, alias)
    for field in set(names) & set(params.get("properties", {})):
        bad += field_differences(api, tables, name, field, params["properties"][field])
    bad += compare(f"{name} roles", message["x-roles"], info["roles"])
    bad += compare(f"{name} phases", message["x-phases"], info["phases"])
    if params.get("additionalProperties") is not False:
        bad.append(f"{name}: other parameters are refused")
    if ("params" in message["payload"]["required"]) != bool(info["required"]):
        bad.append(f"{name}: are params required?")
    return bad


def request_differences(api, tables):
    told = {m["name"]: m for m in messages(api, "publish")}
    commands = asyncapi_write.client_commands(tables)
    methods = asyncapi_write.method_roles(tables)
    bad = compare("methods", told, set(commands) | set(methods) | DOOR)
    for name in set(commands) & set(told):
        bad += command_differences(api, tables, name, commands[name], told[name])
    for name in set(methods) & set(told):
        bad += compare(f"{name} roles", told[name]["x-roles"], methods[name])
    for name, message in told.items():
        if message["payload"]["properties"]["method"] != {"const": name}:
            bad.append(f"{name}: the method's const is another")
        if resolve(api, message["x-result"]) is None or not message["summary"]:
            bad.append(f"{name}: summary and result are wanted")
    return bad


def event_differences(api, tables):
    told = {m["name"]: m for m in messages(api, "subscribe")
            if m["payload"]["properties"].get("method") == {"const": "event"}}
    bad = compare("events", told, set(tables["events"]) | {"withheld"})
    for name in set(tables["events"]) & set(told):
        info, params = tables["events"][name], told[name]["payload"]["properties"]["params"]
        names = info["required"] + info["optional"]
        hidden = WITHHELD.get(name, set())
        bad += compare(f"{name} withheld", told[name].get("x-withheld", {}), hidden)
        bad += shape_differences(name, params,
                                 {"seq", "time", "type"} | set(info["required"]) - hidden,
                                 HEAD | set(names), ADDED.get(name, set()))
        for field in set(names) & set(params["properties"]):
            bad += field_differences(api, tables, name, field, params["properties"][field])
        if params["properties"]["type"] != {"const": name}:
            bad.append(f"{name}: the type's const is another")
    return bad


def refusal_differences(api, tables):
    told = {r["code"]: r for r in api["x-refusals"]}
    bad = compare("refusals", told, tables["refusals"])
    for code in set(told) & set(tables["refusals"]):
        true = tables["refusals"][code]
        for member, value in (("vi", told[code]["reason"]["vi"]), ("en", told[code]["reason"]["en"]),
                              ("rule", told[code]["rule"])):
            if value != true[member]:
                bad.append(f"refusals: {code}: {member} is another")
        if told[code]["rpc"] != asyncapi_write.CODES[true["class"]]:
            bad.append(f"refusals: {code}: rpc is another")
    return bad


def word_differences(api, tables):
    bad = []
    for name, words in tables["words"].items():
        schema = api["components"]["schemas"].get(asyncapi_write.enum_name(name), {})
        bad += compare(f"words {name}", schema.get("enum", []), words)
    return bad


def source_differences(api, _tables):
    """What no table has: notifications, JSON-RPC codes, close codes and the door's reasons."""
    door = "".join(asyncapi_write.read_core("api", name)
                   for name in sorted(os.listdir(os.path.join(asyncapi_write.CORE, "api")))
                   if name.endswith((".c", ".h")))
    engine = "".join(asyncapi_write.read_core("engine", name)
                     for name in sorted(os.listdir(os.path.join(asyncapi_write.CORE, "engine")))
                     if name.endswith(".c"))
    sent = set(re.findall(r'kh_message_notification\("(\w+)"', door)) | \
        set(re.findall(r'kh_api_(?:notify|show)\([^;]*?, "(\w+)",', engine))
    told = {m["payload"]["properties"]["method"]["const"] for m in messages(api, "subscribe")
            if "method" in m["payload"]["properties"]}
    codes = {int(code) for code in re.findall(r"KH_RPC_\w+ = (-\d+)", door)}
    reasons = set(re.findall(r'kh_message_reason\(\s*"(\w+)"', door))
    rules = set(re.findall(r'"(kyhop\.\d+)"', engine))
    bad = compare("notifications", told, sent)
    bad += compare("error codes", api["components"]["schemas"]["ErrorCode"]["enum"], codes)
    bad += compare("reasons of the door",
                   [code for code, r in api["x-reasons"].items() if "rule" not in r], reasons)
    bad += compare("rules of the engine",
                   [r["rule"] for r in api["x-reasons"].values() if "rule" in r], rules)
    for code in re.findall(r"KH_CLOSE_\w+ = (\d+)", door):
        if code not in api["info"]["description"]:
            bad.append(f"close code {code} is missing")
    return bad


def differences(api, tables=TABLES):
    bad = []
    for part in (request_differences, event_differences, refusal_differences, word_differences,
                 source_differences):
        bad += part(api, tables)
    return bad


class Held(unittest.TestCase):
    maxDiff = None

    def test_the_description_and_the_code_say_the_same(self):
        self.assertEqual(differences(API), [])

    def test_the_file_is_what_the_writer_makes_of_tables_and_words(self):
        # Compared as data: another version of PyYAML may fold lines elsewhere.
        if API != yaml.safe_load(asyncapi_write.write(TABLES)):
            self.fail("run tests/api/asyncapi_write.py TABLES > core/api/asyncapi.yaml")

    def test_every_word_that_was_written_is_used(self):
        words = asyncapi_write.read_words()
        self.assertEqual(compare("commands", words["commands"],
                                 asyncapi_write.client_commands(TABLES)), [])
        self.assertEqual(compare("events", words["events"], TABLES["events"]), [])
        self.assertEqual(compare("methods", words["methods"],
                                 set(asyncapi_write.method_roles(TABLES)) | DOOR), [])
        for part, table in (("commands", TABLES["commands"]), ("events", TABLES["events"])):
            for name, entry in words[part].items():
                fields = table[name]["required"] + table[name]["optional"]
                self.assertLessEqual(set(entry.get("fields", {})), set(fields), name)

    def test_all_methods_of_the_engine_are_found_in_its_source(self):
        header = asyncapi_write.read_core("engine", "calls.h")
        declared = set(re.findall(r"\bkh_call_(?!refuse\b|bad\b)(\w+)", header))
        found = {name.replace(".", "_") for name in asyncapi_write.method_roles(TABLES)}
        self.assertEqual(found, declared)
        self.assertEqual(asyncapi_write.method_roles(TABLES)["procedure.use"], ["operator", "it"])
        self.assertEqual(asyncapi_write.method_roles(TABLES)["state.get"], EVERYBODY)

    def test_classes_of_refusals_are_answered_with_these_codes(self):
        source = asyncapi_write.read_core("engine", "calls.c")
        body = source[source.index("code_of("):source.index("static void set_error")]
        rpc = dict(re.findall(r"KH_RPC_(\w+) = (-\d+)", asyncapi_write.read_core("api", "api.h")))
        default = rpc[re.search(r"return KH_RPC_(\w+);\n}", body).group(1)]
        listed = {class_: re.search(rf"case KH_CLASS_{class_}:\s+\*message = [^;]+;\s+"
                                    r"return KH_RPC_(\w+);", body)
                  for class_ in asyncapi_write.CODES}
        self.assertEqual({class_: int(rpc[m.group(1)] if m else default)
                          for class_, m in listed.items()}, asyncapi_write.CODES)


class CanFail(unittest.TestCase):
    """Each kind of mistake is found and named."""

    def spoil(self, change, expected):
        api = copy.deepcopy(API)
        change(api)
        self.assertIn(expected, differences(api))

    @staticmethod
    def request(api, name):
        return api["components"]["messages"][name]

    def params(self, api, name):
        return self.request(api, name)["payload"]["properties"]["params"]

    def test_a_missing_method(self):
        self.spoil(lambda api: api["channels"]["/"]["publish"]["message"]["oneOf"].remove(
            {"$ref": "#/components/messages/FloorNext"}), "methods: floor.next is missing")

    def test_a_method_that_is_not_there(self):
        self.spoil(lambda api: self.request(api, "StateGet").update(name="minutes.sign"),
                   "methods: minutes.sign is too much")

    def test_a_missing_field_of_a_command(self):
        self.spoil(lambda api: self.params(api, "FloorRequest")["properties"].pop("target"),
                   "floor.request fields: target is missing")

    def test_a_field_too_much(self):
        self.spoil(lambda api: self.params(api, "VoteTally")["properties"].update(persons={}),
                   "vote.tally fields: persons is too much")

    def test_a_required_flag(self):
        self.spoil(lambda api: self.params(api, "FloorExtend")["required"].remove("by_ms"),
                   "floor.extend required: by_ms is missing")
        self.spoil(lambda api: self.params(api, "FloorMove")["required"].append("before"),
                   "floor.move required: before is too much")

    def test_a_type_a_length_and_a_unit(self):
        self.spoil(lambda api: self.params(api, "FloorAnswer")["properties"]["ask"].update(
            type="string"), "floor.answer.ask: type integer is wanted")
        self.spoil(lambda api: self.params(api, "VoteOpen")["properties"]["question"].update(
            maxLength=64), "vote.open.question: maxLength 319 is wanted")
        self.spoil(lambda api: self.params(api, "FloorLimit")["properties"]["limit_ms"].update(
            description="how long"), "floor.limit.limit_ms: the unit is wanted")

    def test_a_role_and_a_phase(self):
        self.spoil(lambda api: self.request(api, "FloorGrant")["x-roles"].append("guest"),
                   "floor.grant roles: guest is too much")
        self.spoil(lambda api: self.request(api, "ProcedureUse")["x-roles"].remove("it"),
                   "procedure.use roles: it is missing")
        self.spoil(lambda api: self.request(api, "VoteCancel")["x-phases"].remove("suspended"),
                   "vote.cancel phases: suspended is missing")

    def test_a_missing_event(self):
        self.spoil(lambda api: api["channels"]["/"]["subscribe"]["message"]["oneOf"].remove(
            {"$ref": "#/components/messages/EventListClosed"}), "events: list.closed is missing")

    def test_fields_of_an_event(self):
        self.spoil(lambda api: self.params(api, "EventVoteClosed")["properties"].pop("result"),
                   "vote.closed fields: result is missing")
        self.spoil(lambda api: self.params(api, "EventFloorGranted")["required"].remove("ends_at"),
                   "floor.granted required: ends_at is missing")
        self.spoil(lambda api: self.params(api, "EventVoteCast")["required"].append("person"),
                   "vote.cast required: person is too much")
        self.spoil(lambda api: self.params(api, "EventVoteClosed")["properties"].update(
            result={"type": "string"}), "vote.closed.result: #/components/schemas/Result is wanted")

    def test_a_word_of_an_enumeration(self):
        self.spoil(lambda api: api["components"]["schemas"]["Mic"]["enum"].remove("muted"),
                   "words mic: muted is missing")
        self.spoil(lambda api: api["components"]["schemas"]["Outcome"]["enum"].append("won"),
                   "words outcome: won is too much")

    def test_a_refusal(self):
        self.spoil(lambda api: api["x-refusals"].pop(0), "refusals: role is missing")
        self.spoil(lambda api: api["x-refusals"][1]["reason"].update(vi="?"),
                   "refusals: phase: vi is another")
        self.spoil(lambda api: api["x-refusals"][2].update(rpc=-32003),
                   "refusals: field: rpc is another")

    def test_what_no_table_has(self):
        self.spoil(lambda api: api["channels"]["/"]["subscribe"]["message"]["oneOf"].remove(
            {"$ref": "#/components/messages/Trouble"}), "notifications: trouble is missing")
        self.spoil(lambda api: api["x-reasons"].pop("bad_code"),
                   "reasons of the door: bad_code is missing")
        self.spoil(lambda api: api["components"]["schemas"]["ErrorCode"]["enum"].remove(-32007),
                   "error codes: -32007 is missing")


if __name__ == "__main__":
    main()
