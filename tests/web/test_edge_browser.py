#!/usr/bin/python3
"""Browsers talk through edge and mixer: each hears the others and not itself.

usage: test_edge_browser.py EDGE_DEMO [TEST...]
"""

import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from edge_rig import ADDRESS, ADDRESS6, Chromium, Firefox, Rig, Turn, isolate, run_tests, tone  # noqa: E402

PROGRAM = None
TONES = "700,1100,1000"
AT_700, AT_1100, AT_1000 = range(3)
APART_DB = 40


def settled(report):
    return report["kind"] == "levels" and report["received"] > 100


class BrowserTest(unittest.TestCase):
    transport = "both"
    addresses = (ADDRESS,)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.rig = Rig(PROGRAM, self.transport, self.addresses)
        self.addCleanup(self.rig.close)

    def wav(self, hertz):
        return tone(pathlib.Path(self.folder.name, f"{hertz}.wav"), hertz)

    def hears(self, name, heard, silent, seconds=30):
        """Page `name` hears the tones `heard`, each 40 dB above those of `silent`."""
        def good(report):
            if not settled(report):
                return False
            levels = report["levels"]
            return (min(levels[i] for i in heard) > -60 and
                    all(levels[j] < min(levels[i] for i in heard) - APART_DB for j in silent))
        self.rig.forget(name)
        return self.rig.wait(name, good, seconds)


class ClosingTest(BrowserTest):
    def gone_at_once(self, browser, how):
        self.rig.open(browser, "a", slot=-1, tones=TONES, **{how: 1000})
        self.rig.connected("a", 60)
        gone = f"gone {self.rig.peers['a']}"
        until = time.monotonic() + 8  # well below the 15 s of silence
        while gone not in self.rig.demo.events:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    def test_a_page_that_closes_its_connection_in_chromium(self):
        self.gone_at_once(Chromium, "close")

    def test_a_page_that_is_left_in_chromium(self):
        self.gone_at_once(Chromium, "leave")

    def test_a_page_that_closes_its_connection_in_firefox(self):
        self.gone_at_once(Firefox, "close")

    def test_a_page_that_is_left_in_firefox(self):
        self.gone_at_once(Firefox, "leave")


class ChromiumTest(BrowserTest):
    def test_two_pages_hear_each_other_and_a_listener_hears_both(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.open(Chromium, "b", self.wav(1100), slot=1, tones=TONES)
        self.rig.open(Chromium, "c", slot=-1, tones=TONES)
        for name in "abc":
            print(f"# {name} connected after {self.rig.connected(name)['connectedMs']:.0f} ms")
        print("# a:", self.hears("a", [AT_1100], [AT_700]))
        print("# b:", self.hears("b", [AT_700], [AT_1100]))
        print("# c:", self.hears("c", [AT_700, AT_1100], []))
        for name in "abc":
            stats = self.rig.demo.stats(self.rig.peers[name])
            print(f"# {name}:", stats)
            self.assertEqual(stats["profile"], "SRTP_AEAD_AES_128_GCM")
            self.assertEqual(stats["transport"], "udp")
            self.assertEqual(stats["auth_failures"], 0)

    def test_muted_by_the_gate_nothing_passes_although_the_page_sends(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.open(Chromium, "c", slot=-1, tones=TONES)
        self.hears("c", [AT_700], [AT_1100])
        self.rig.demo.command("gate 0 0")
        self.rig.forget("c")
        self.rig.wait("c", lambda r: settled(r) and max(r["levels"]) < -90)
        before = self.rig.demo.stats(self.rig.peers["a"])["packets_in"]
        time.sleep(1)
        self.assertGreater(self.rig.demo.stats(self.rig.peers["a"])["packets_in"], before + 30)
        self.rig.forget("c")
        time.sleep(1)
        for report in self.rig.reports["c"]:
            if report["kind"] == "levels":
                self.assertLess(max(report["levels"]), -90)

    def test_statistics_of_both_sides_agree(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.wait("a", lambda r: r["kind"] == "levels" and r["rtcpTripMs"] >= 0)
        until = time.monotonic() + 15
        while (stats := self.rig.demo.stats(self.rig.peers["a"]))["round_trip_ms"] < 0:
            self.assertLess(time.monotonic(), until, stats)
            time.sleep(0.2)
        print("#", stats)
        self.assertLess(stats["round_trip_ms"], 200)
        self.assertLess(stats["lost_in"], 0.05)

    def test_sections_we_do_not_take_are_rejected_and_the_audio_works(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES, extra=1)
        self.rig.open(Chromium, "c", slot=-1, tones=TONES, extra=1)
        self.hears("c", [AT_700], [AT_1100])

    def test_a_killed_browser_is_gone_within_15_s(self):
        browser = self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.connected("a")
        browser.kill()
        gone = f"gone {self.rig.peers['a']}"
        until = time.monotonic() + 16
        while gone not in self.rig.demo.events:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)


class ChromiumTcpTest(BrowserTest):
    transport = "tcp"

    def test_two_pages_talk_over_tcp_only(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.open(Chromium, "b", self.wav(1100), slot=1, tones=TONES)
        self.hears("a", [AT_1100], [AT_700])
        self.hears("b", [AT_700], [AT_1100])
        self.assertEqual(self.rig.demo.stats(self.rig.peers["a"])["transport"], "tcp")


class TurnTest(BrowserTest):
    """UDP is blocked and so is our TCP port: a coturn relays, reached by TCP or by TLS."""

    transport = "udp"

    def relayed(self, tls):
        turn = Turn()
        self.addCleanup(turn.close)
        flags = [f"--ignore-certificate-errors-spki-list={turn.spki}"]
        self.rig.open(Chromium, "a", self.wav(700), flags, slot=0, tones=TONES, **turn.query(tls))
        self.rig.open(Chromium, "c", None, flags, slot=-1, tones=TONES, **turn.query(tls))
        for name in "ac":
            print(f"# {name} connected after {self.rig.connected(name)['connectedMs']:.0f} ms")
        self.hears("c", [AT_700], [AT_1100])

    def test_pages_talk_through_turn_over_tcp(self):
        self.relayed(tls=False)

    def test_pages_talk_through_turn_over_tls(self):
        self.relayed(tls=True)

    def test_firefox_talks_through_turn_over_tcp(self):
        turn = Turn()
        self.addCleanup(turn.close)
        self.rig.open(Firefox, "f", slot=0, tones=TONES, **turn.query(tls=False))
        self.rig.open(Firefox, "g", slot=-1, tones=TONES, **turn.query(tls=False))
        for name in "fg":
            print(f"# {name} connected after {self.rig.connected(name, 60)['connectedMs']:.0f} ms")
        self.hears("g", [AT_1000], [AT_1100], 60)


class Ipv6Test(BrowserTest):
    """The server has nothing but an IPv6 address."""

    addresses = (ADDRESS6,)

    def test_chromium_and_firefox_hear_each_other_over_ipv6(self):
        self.rig.open(Firefox, "f", slot=0, tones=TONES)
        self.rig.open(Chromium, "a", self.wav(700), slot=1, tones=TONES)
        for name in "fa":
            print(f"# {name} connected after {self.rig.connected(name, 60)['connectedMs']:.0f} ms")
        self.hears("f", [AT_700], [AT_1000], 60)
        self.hears("a", [AT_1000], [AT_700])
        for name in "fa":
            self.assertEqual(self.rig.demo.stats(self.rig.peers[name])["transport"], "udp")


class Ipv6TcpTest(BrowserTest):
    transport = "tcp"
    addresses = (ADDRESS6,)

    def test_chromium_talks_over_ipv6_and_tcp_only(self):
        self.rig.open(Chromium, "a", self.wav(700), slot=0, tones=TONES)
        self.rig.open(Chromium, "c", slot=-1, tones=TONES)
        self.hears("c", [AT_700], [AT_1100])
        self.assertEqual(self.rig.demo.stats(self.rig.peers["a"])["transport"], "tcp")


class BothFamiliesTest(BrowserTest):
    """Candidates of both families in one answer."""

    addresses = (ADDRESS, ADDRESS6)

    def test_firefox_and_chromium_choose_one_that_works(self):
        self.rig.open(Firefox, "f", slot=0, tones=TONES)
        self.rig.open(Chromium, "c", slot=-1, tones=TONES)
        self.hears("c", [AT_1000], [AT_1100], 60)


class FirefoxTest(BrowserTest):
    """Firefox's fake microphone is 1000 Hz."""

    def test_firefox_and_chromium_hear_each_other(self):
        self.rig.open(Firefox, "f", slot=0, tones=TONES)
        self.rig.open(Chromium, "a", self.wav(700), slot=1, tones=TONES)
        self.rig.open(Firefox, "g", slot=-1, tones=TONES)
        for name in "fag":
            print(f"# {name} connected after {self.rig.connected(name, 60)['connectedMs']:.0f} ms")
        print("# f:", self.hears("f", [AT_700], [AT_1000]))
        print("# a:", self.hears("a", [AT_1000], [AT_700]))
        print("# g:", self.hears("g", [AT_700, AT_1000], []))
        print("#", self.rig.demo.stats(self.rig.peers["f"]))

    def test_sections_we_do_not_take_are_rejected_and_the_audio_works(self):
        self.rig.open(Firefox, "f", slot=0, tones=TONES, extra=1)
        self.rig.open(Firefox, "g", slot=-1, tones=TONES, extra=1)
        self.hears("g", [AT_1000], [AT_1100], 60)


class FirefoxTcpTest(BrowserTest):
    transport = "tcp"

    def test_firefox_talks_over_tcp_only(self):
        self.rig.open(Firefox, "f", slot=0, tones=TONES)
        self.rig.open(Firefox, "g", slot=-1, tones=TONES)
        self.hears("g", [AT_1000], [AT_1100], 60)
        self.assertEqual(self.rig.demo.stats(self.rig.peers["f"])["transport"], "tcp")


if __name__ == "__main__":
    isolate()
    PROGRAM = sys.argv.pop(1)
    sys.exit(run_tests(sys.modules["__main__"], sys.argv[1:]))
