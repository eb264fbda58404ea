#!/usr/bin/python3
"""Who one is, one live session a person, and coming back without losing an event."""
import asyncio
import json

from lib import DoorTest, main, until

UNAUTHENTICATED, NOT_PERMITTED, WRONG_STATE, PARAMS = -32001, -32002, -32005, -32602


class Hello(DoorTest):
    async def test_a_token_opens_the_council_with_its_state(self):
        client = await self.door.enter("an", council="demo")
        self.assertEqual(client.hello["you"]["name"], "Nguyễn Văn An")
        self.assertEqual(client.hello["seq"], 0)
        self.assertEqual(client.hello["state"], {"counter": 0, "for": "an"})
        await client.close()

    async def test_the_cookie_of_the_page_does_too(self):
        status, headers, _ = self.door.post_json("/login", {"code": self.door.codes["an"]})
        self.assertEqual(status, 200)
        cookie = headers["Set-Cookie"].split(";")[0]
        client = await self.door.connect(extra_headers={"Cookie": f"theme=dark; {cookie}; x=y"})
        self.assertEqual((await client.ask("hello"))["you"]["id"], "an")
        await client.close()

    async def test_wrong_tokens_are_refused_and_may_be_followed_by_a_right_one(self):
        token = self.door.login("an")
        client = await self.door.connect()
        for wrong in ["", "x", "A" * 43, token[:-1], token + "A", token.swapcase(),
                      self.door.codes["binh"]]:
            error = await client.error("hello", token=wrong)
            self.assertEqual(error["code"], UNAUTHENTICATED)
            self.assertEqual(error["data"]["code"], "unauthenticated")
        self.assertEqual((await client.error("hello"))["code"], UNAUTHENTICATED)
        self.assertEqual((await client.ask("hello", token=token))["you"]["id"], "an")
        await client.close()

    async def test_a_login_is_for_its_council_only(self):
        client = await self.door.connect()
        error = await client.error("hello", token=self.door.login("an"), council="other")
        self.assertEqual((error["code"], error["data"]["code"]), (NOT_PERMITTED, "other_council"))
        await client.close()

    async def test_wrong_types_are_named(self):
        client = await self.door.connect()
        for params in [{"token": 5}, {"council": []}, {"resume_from": "7"}, {"resume_from": -1},
                       {"resume_from": 1.5}, {"take_over": 1}]:
            error = await client.error("hello", **params)
            self.assertEqual(error["code"], PARAMS)
            self.assertIn(list(params)[0], error["message"])
        await client.close()

    async def test_hello_is_said_once(self):
        client = await self.door.enter("an")
        error = await client.error("hello", token=client.token)
        self.assertEqual((error["code"], error["data"]["code"]), (WRONG_STATE, "already_greeted"))
        self.assertEqual((await client.ask("echo"))["who"], "an")
        await client.close()


class OneSession(DoorTest):
    async def other_token(self, client, person):
        code = (await client.ask("invite", person=person))["code"]
        return json.loads(self.door.post_json("/login", {"code": code})[2])["token"]

    async def test_a_second_login_must_ask_to_take_over(self):
        first = await self.door.enter("an")
        token = await self.other_token(first, "an")
        second = await self.door.connect()
        error = await second.error("hello", token=token)
        self.assertEqual((error["code"], error["data"]["code"]), (WRONG_STATE, "already_connected"))
        self.assertEqual(set(error["data"]["reason"]), {"vi", "en"})
        self.assertEqual((await first.ask("echo"))["who"], "an")
        await second.ask("hello", token=token, take_over=True)
        self.assertEqual(await first.close_code(), 4001)
        self.assertEqual([m["method"] for m in first.told], ["taken_over"])
        self.assertEqual(set(first.told[0]["params"]["reason"]), {"vi", "en"})
        self.assertEqual((await second.ask("echo"))["who"], "an")
        await second.close()

    async def test_who_was_taken_over_may_take_over_again(self):
        first = await self.door.enter("an")
        second = await self.door.enter(token=await self.other_token(first, "an"), take_over=True)
        self.assertEqual(await first.close_code(), 4001)
        third = await self.door.enter(token=first.token, take_over=True)
        self.assertEqual(await second.close_code(), 4001)
        await third.close()

    async def test_the_same_session_replaces_its_old_connection_silently(self):
        first = await self.door.enter("an")
        second = await self.door.enter(token=first.token)
        self.assertEqual(await first.close_code(), 4000)
        self.assertEqual(first.told, [])
        self.assertEqual((await second.ask("echo"))["who"], "an")
        await second.close()

    async def test_take_over_with_nobody_there_is_a_plain_login(self):
        client = await self.door.enter("an", take_over=True)
        self.assertEqual(client.told, [])
        await client.close()

    async def test_a_display_may_be_connected_many_times(self):
        token = self.door.login("screen")
        screens = [await self.door.enter(token=token) for _ in range(3)]
        screens += [await self.door.enter("screen") for _ in range(3)]
        chair = await self.door.enter("chair")
        await chair.ask("count")
        for screen in screens:
            self.assertEqual((await screen.event())["counter"], 1)
            await screen.close()
        await chair.close()

    async def test_presence_is_told_once_for_each_person_and_not_during_a_take_over(self):
        chair = await self.door.enter("chair")
        first = await self.door.enter("an")
        second = await self.door.enter(token=first.token)
        third = await self.door.enter(token=await self.other_token(chair, "an"), take_over=True)
        await first.close_code()
        await second.close_code()
        presence = (await chair.ask("state.get"))["presence"]
        self.assertEqual(presence, "+chair +an ")
        await third.close()

        async def gone():
            return (await chair.ask("state.get"))["presence"] == "+chair +an -an "
        await until(gone)
        await chair.close()

    async def test_a_person_off_the_roster_cannot_enter(self):
        code = self.door.codes["ghost"]
        status, _, body = self.door.post_json("/login", {"code": code})
        self.assertEqual((status, json.loads(body)["error"]["code"]), (403, "unknown_person"))

    async def test_logout_ends_the_session_and_its_connection(self):
        client = await self.door.enter("an")
        cookie = f"kyhop={client.token}"
        status, headers, _ = self.door.request("POST", "/logout", b"", {"Cookie": cookie})
        self.assertEqual(status, 204)
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        self.assertEqual(await client.close_code(), 4002)
        client = await self.door.connect()
        error = await client.error("hello", token=cookie[6:])
        self.assertEqual(error["code"], UNAUTHENTICATED)
        await client.close()


class Answers(DoorTest):
    async def test_an_answer_may_come_later(self):
        an, binh = await self.door.enter("an"), await self.door.enter("binh")
        await an.ws.send('{"jsonrpc":"2.0","id":"late","method":"park"}')
        self.assertEqual((await an.call("park"))["error"]["code"], WRONG_STATE)
        await binh.ask("unpark", answer=42)
        self.assertEqual(await an.receive(),
                         {"jsonrpc": "2.0", "id": "late", "result": {"answer": 42}})
        await an.close()
        await binh.close()

    async def test_an_answer_to_somebody_who_left_goes_nowhere(self):
        an, binh = await self.door.enter("an"), await self.door.enter("binh")
        await an.ws.send('{"jsonrpc":"2.0","id":1,"method":"park"}')
        await an.close()

        async def alone():
            return (await binh.ask("state.get"))["readers"] == 1
        await until(alone)
        await binh.ask("unpark", answer=42)
        again = await self.door.enter(token=an.token)
        self.assertEqual((await again.ask("echo"))["who"], "an")
        self.assertEqual(again.told, [])
        await again.close()
        await binh.close()

    async def test_calls_without_an_answer_do_not_keep_the_server_from_ending(self):
        an = await self.door.enter("an")
        await an.ws.send('{"jsonrpc":"2.0","id":1,"method":"park"}')
        await an.ask("ping")
        self.stop()

    async def test_a_refusal_carries_its_data(self):
        an = await self.door.enter("an")
        error = await an.error("refuse")
        self.assertEqual((error["code"], error["data"]), (-32003, {"code": "no_quorum"}))
        self.assertTrue(error["message"].startswith("no "))
        await an.close()


class Resume(DoorTest):
    settings = {"window": 8}

    async def test_missed_events_follow_in_order_and_nothing_else(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        await chair.ask("count", n=2)
        self.assertEqual([(await an.event())["seq"] for _ in range(2)], [1, 2])
        await an.close()
        await chair.ask("count", n=5)
        an = await self.door.enter(token=an.token, resume_from=2)
        self.assertEqual(set(an.hello), {"you", "seq"})
        self.assertEqual(an.hello["seq"], 7)
        await chair.ask("count")
        events = [await an.event() for _ in range(6)]
        self.assertEqual([e["seq"] for e in events], [3, 4, 5, 6, 7, 8])
        self.assertEqual([e["counter"] for e in events], [3, 4, 5, 6, 7, 8])
        await an.ask("ping")
        self.assertEqual(an.told, [])
        await chair.close()
        await an.close()

    async def test_who_missed_nothing_gets_nothing(self):
        chair = await self.door.enter("chair")
        await chair.ask("count", n=3)
        an = await self.door.enter("an", resume_from=3)
        self.assertEqual((set(an.hello), an.hello["seq"]), ({"you", "seq"}, 3))
        await an.ask("ping")
        self.assertEqual(an.told, [])
        await chair.close()
        await an.close()

    async def test_the_whole_window_can_be_missed_and_one_more_is_too_much(self):
        chair = await self.door.enter("chair")
        await chair.ask("count", n=20)
        an = await self.door.enter("an", resume_from=12)
        self.assertNotIn("state", an.hello)
        self.assertEqual([(await an.event())["seq"] for _ in range(8)], list(range(13, 21)))
        await an.close()
        for outside in [11, 0, 21, 2**60]:
            an = await self.door.enter(token=an.token, resume_from=outside)
            self.assertEqual(an.hello["state"]["counter"], 20)
            self.assertEqual(an.hello["seq"], 20)
            await an.ask("ping")
            self.assertEqual(an.told, [])
            await an.close()
        await chair.close()

    async def test_an_empty_window_answers_with_the_state_unless_nothing_was_missed(self):
        an = await self.door.enter("an", resume_from=0)
        self.assertEqual((set(an.hello), an.hello["seq"]), ({"you", "seq"}, 0))
        await an.close()
        an = await self.door.enter(token=an.token, resume_from=5)
        self.assertIn("state", an.hello)
        await an.close()

    async def test_each_reader_sees_its_own_view_live_and_resumed_and_no_gap(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        binh = await self.door.enter("binh")
        await chair.ask("secret")
        views = {"chair": {"seq": 1, "for": "chair"}, "an": {"seq": 1, "for": "an"},
                 "binh": {"seq": 1, "type": "withheld"}}
        for client, name in [(chair, "chair"), (an, "an"), (binh, "binh")]:
            self.assertEqual(await client.event(), views[name])
            await client.close()
            client = await self.door.enter(token=client.token, resume_from=0)
            self.assertEqual(await client.event(), views[name])
            await client.close()

    async def test_who_comes_late_can_read_what_was_before_as_far_as_it_is_kept(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        self.assertEqual(await an.ask("events.get"), {"events": [], "from": 1, "more": False})
        await chair.ask("count", n=20)
        newest = await an.ask("events.get", max=3)
        self.assertEqual([e["seq"] for e in newest["events"]], [18, 19, 20])
        self.assertEqual((newest["from"], newest["more"]), (18, True))
        older = await an.ask("events.get", before=newest["from"])
        self.assertEqual([e["counter"] for e in older["events"]], [13, 14, 15, 16, 17])
        self.assertEqual((older["from"], older["more"]), (13, False))
        for outside in [13, 2]:
            self.assertEqual((await an.ask("events.get", before=outside))["events"], [])
        self.assertEqual(len((await an.ask("events.get", before=2**60))["events"]), 8)
        for params in [{"before": 0}, {"before": "5"}, {"max": 0}, {"max": 501}, {"max": 2.5}]:
            error = await an.error("events.get", **params)
            self.assertEqual(error["code"], PARAMS)
            self.assertIn(list(params)[0], error["message"])
        await chair.close()
        await an.close()

    async def test_the_past_shows_nobody_more_than_the_present_did(self):
        chair, an = await self.door.enter("chair"), await self.door.enter("an")
        binh = await self.door.enter("binh")
        await chair.ask("secret")
        views = [(chair, [{"seq": 1, "for": "chair"}]), (an, [{"seq": 1, "for": "an"}]), (binh, [])]
        for client, view in views:
            self.assertEqual((await client.ask("events.get"))["events"], view)
            await client.close()

    async def test_events_of_a_call_come_before_its_answer(self):
        chair = await self.door.enter("chair")
        for n in [1, 3, 8, 30]:
            chair.told.clear()
            before = (await chair.ask("state.get"))["counter"]
            await chair.ask("count", n=n)
            self.assertEqual([m["params"]["counter"] for m in chair.told],
                             list(range(before + 1, before + n + 1)))
        await chair.close()


if __name__ == "__main__":
    main()
