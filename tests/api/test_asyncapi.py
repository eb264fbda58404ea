#!/usr/bin/python3
"""The description of the API is whole, and what the door itself says is in it."""
import os
import unittest

import jsonschema
import yaml

from lib import DoorTest, main

REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What clients were promised first; the rest is held against the code's tables in
# test_asyncapi_tables.py.
METHODS = """hello session.open sitting.open sitting.suspend sitting.resume sitting.close
attendance.check_in attendance.check_out agenda.start agenda.finish floor.request floor.withdraw
floor.grant floor.deny floor.move floor.next floor.release floor.revoke floor.extend floor.support
floor.answer mic.mute mic.unmute mic.mute_all vote.open vote.cast vote.tally vote.close vote.cancel
media.join media.leave media.stats procedure.use procedure.reload procedure.describe
state.get""".split()
EVENTS = """sitting.opened attendance.checked_in agenda.started floor.requested floor.granted
floor.denied floor.withdrawn floor.released floor.revoked floor.extended floor.warned floor.expired
floor.moved mic.changed vote.opened vote.cast vote.closed procedure.changed procedure.failed
notice""".split()


def load():
    with open(os.path.join(REPO, "core", "api", "asyncapi.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def walk(node):
    yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from walk(child)


class Description(unittest.TestCase):
    def setUp(self):
        self.api = load()
        self.messages = self.api["components"]["messages"]

    def resolve(self, ref):
        node = self.api
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def names(self, channel_side):
        refs = self.api["channels"]["/"][channel_side]["message"]["oneOf"]
        return [self.resolve(ref["$ref"]) for ref in refs]

    def test_every_reference_leads_somewhere(self):
        refs = [node["$ref"] for node in walk(self.api) if isinstance(node, dict) and "$ref" in node]
        self.assertGreater(len(refs), 100)
        for ref in refs:
            self.assertIsNotNone(self.resolve(ref), ref)

    def test_every_method_is_described_with_params_and_result(self):
        described = {m["name"]: m for m in self.names("publish")}
        self.assertEqual(sorted(set(METHODS) - set(described)), [])
        for name, message in described.items():
            payload = message["payload"]
            self.assertEqual(payload["properties"]["method"]["const"], name)
            self.assertEqual(payload["properties"]["params"]["type"], "object", name)
            self.assertTrue(message["x-result"] and message["summary"] and message["x-roles"], name)

    def test_every_event_is_described(self):
        described = [m["payload"]["properties"]["params"]["properties"]["type"]["const"]
                     for m in self.names("subscribe")
                     if m["payload"]["properties"].get("method") == {"const": "event"}]
        self.assertEqual(sorted(set(EVENTS) - set(described)), [])
        self.assertEqual(len(described), len(set(described)))

    def test_schemas_are_schemas(self):
        for message in self.messages.values():
            jsonschema.Draft7Validator.check_schema(message["payload"])
        for schema in self.api["components"]["schemas"].values():
            jsonschema.Draft7Validator.check_schema(schema)

    def test_required_members_are_described(self):
        for node in walk(self.api):
            if isinstance(node, dict) and isinstance(node.get("required"), list) and \
                    "properties" in node:
                for name in node["required"]:
                    if name != "params":
                        self.assertIn(name, node["properties"])


class Door(DoorTest):
    async def test_the_codes_the_door_answers_with_are_listed(self):
        listed = load()["components"]["schemas"]["ErrorCode"]["enum"]
        client = await self.door.connect()
        codes = {(await client.send_text(text))["error"]["code"]
                 for text in ["{", "[]", '{"jsonrpc":"2.0","id":1,"method":"x","params":[]}',
                              '{"jsonrpc":"2.0","id":1,"method":"x"}']}
        self.assertEqual(codes, {-32700, -32600, -32602, -32001})
        self.assertLessEqual(codes, set(listed))
        await client.close()


if __name__ == "__main__":
    main()
