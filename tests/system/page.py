"""The page in a real browser: its numbers are those of /status, it shows what fails, and it needs
nothing but the engine. Its pictures are kept in BUILD/page."""

import json
import os
import re
import shutil
import signal
import unittest
import urllib.request

from flow import SLOW, Flow
from services import BUILD, wait_until, with_us

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

PICTURES = os.path.join(BUILD, "page")
DRIVER = shutil.which("chromedriver")


def program_that_ends_with_its_starter(program, folder):
    """A script in its place, with which it also leaves nothing outside of this folder."""
    path = os.path.join(folder, os.path.basename(program))
    with open(path, "w") as f:
        f.write(f'#!/bin/sh\nexport HOME={folder} TMPDIR={folder}\n'
                f'exec {" ".join(with_us(program))} "$@"\n')
    os.chmod(path, 0o755)
    return path


def browser(folder, width, height, dark=False):
    options = webdriver.ChromeOptions()
    options.binary_location = program_that_ends_with_its_starter(shutil.which("chromium"), folder)
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     f"--window-size={width},{height}", "--hide-scrollbars",
                     # Nothing but this machine is there.
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.chrome.service.Service(program_that_ends_with_its_starter(DRIVER, folder))
    driver = webdriver.Chrome(service=service, options=options)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
    return driver


def number(text):
    return int(re.sub(r"[^\d]", "", text) or 0)


@unittest.skipUnless(webdriver and DRIVER and shutil.which("chromium"),
                     "chromium, chromium-driver or python3-selenium is not installed")
class Page(Flow):
    def start(self, *changes, width=1280, height=1150, dark=False, **more):
        pipeline = self.pipeline(("0.0.0.0:${INGESTION_HTTP_PORT", "127.0.0.1:${INGESTION_HTTP_PORT"),
                                 *changes)
        self.running = self.engine(pipeline=pipeline, **more)
        self.open(width, height, dark)
        return self.running

    def open(self, width, height, dark=False):
        folder = os.path.join(self.folder, "browser")
        os.makedirs(folder, exist_ok=True)
        self.driver = browser(folder, width, height, dark)
        self.addCleanup(self.driver.quit)
        self.driver.get(f"http://127.0.0.1:{self.running.port}/")
        self.views(2)

    def views(self, more):
        """Waits for so many further views."""
        def shown():
            return int(self.driver.execute_script("return document.body.dataset.views || 0"))
        wanted = shown() + more
        wait_until(lambda: shown() >= wanted, f"{more} views come", 60)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def row(self, node):
        texts = self.driver.execute_script(
            f'return [...document.querySelector(`#nodes tr[data-node="{node}"]`).children].map((e) => e.innerText)')
        names = ["node", "state", "rate_in", "rate_out", "busy", "queue", "rows_in", "rejected", "errors",
                 "more"]
        return dict(zip(names, texts))

    def picture(self, name):
        os.makedirs(PICTURES, exist_ok=True)
        self.driver.save_screenshot(os.path.join(PICTURES, name + ".png"))

    def assert_no_console_errors(self):
        found = [entry for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
        self.assertEqual(found, [])

    def test_its_numbers_are_those_of_status_in_graph_and_table(self):
        self.start()
        self.load(5000).wait(60)
        self.broker.publish("dev/a/b", "not JSON")
        self.wait_stored(5000)
        self.views(2)
        self.picture("rest")
        status = self.running.status()
        for node in ("decoder", "batcher", "database", "dead_letters"):
            row = self.row(node)
            self.assertEqual(number(row["rows_in"]), status[node]["rows_in"], node)
            self.assertEqual(number(row["rejected"]), status[node]["rows_rejected"], node)
            self.assertIn("ok", row["state"])
            shown = self.find(f'#graph [data-node="{node}"]').text.split("\n")
            self.assertIn(node, shown)
            self.assertEqual(number(row["rate_in"]), 0)
            self.assertIn("0/s", shown)
        self.assertEqual(number(self.row("mqtt")["rows_in"]), status["mqtt"]["intake"]["received"])
        points = self.find("#cards .card").text
        for name, count in status["accounting"].items():
            if name != "balanced":
                self.assertIn(f"{name.replace('_', ' ')}\n{count:,}", points)
        self.assertIn("every point is accounted for", points)
        self.assertEqual(self.find("#state").text, "ok")
        self.assert_no_console_errors()

    def test_a_lost_database_is_shown_with_its_reason_and_gone_when_it_is_back(self):
        self.start()
        self.database.stop()
        self.load(3000).wait(60)
        wait_until(lambda: "retrying" in self.row("database")["state"], "the node is retrying",
                   10 if SLOW else 3)
        self.views(1)
        self.assertIn("state-retrying", self.find('#graph [data-node="database"]').get_attribute("class"))
        wait_until(lambda: "Connection refused" in self.find("#nodes tbody").text, "its reason is shown", 30)
        self.assertEqual(self.find("#state").text, "retrying")
        self.assertRegex(self.row("mqtt")["more"], r"3,000 not done, .*, oldest ")
        self.picture("fault")
        self.database.start()
        wait_until(lambda: "ok" in self.row("database")["state"], "it is ok again", 60)
        self.assert_no_console_errors()

    def test_a_node_that_stands_still_is_shown_as_failed(self):
        # A watched engine looks every second whether it gets on.
        self.start(('[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["mqtt"]',
                    '[nodes.stalls]\nplugin = "stalls"\ninputs = ["mqtt"]\n\n'
                    '[nodes.decoder]\nplugin = "json_decoder"\ninputs = ["stalls"]'),
                   ("[service]", f'[service]\nplugin_path = ["{BUILD}/tests/plugins"]'),
                   WATCHDOG_USEC="3000000")
        self.broker.publish("dev/a/b", "stall")
        wait_until(lambda: "failed" in self.row("stalls")["state"], "the node has failed", 30)
        self.assertIn("no progress with work queued", self.find("#nodes tbody").text)
        self.assertEqual(self.find("#state").text, "failed")
        self.running.stop(signal.SIGKILL)
        wait_until(lambda: self.find("#state").text == "no connection", "the loss is shown", 30)

    def test_a_node_opens_with_its_options_and_shows_rows_by_keyboard(self):
        engine = self.start(dark=True)
        node = self.find('#graph [data-node="database"]')
        self.assertIn("timescale_sink: ok", node.get_attribute("aria-label"))
        node.send_keys(Keys.ENTER)
        panel = self.find("#panel")
        self.assertIn("Writes points to a table", panel.text)
        self.assertIn("host\n127.0.0.1\n${INGESTION_DB_HOST:-localhost}", panel.text)
        self.assertIn("password\n***", panel.text)
        self.assertNotIn(self.database.password, self.driver.page_source)
        self.find("#tap").click()
        machines = self.load(60_000, "--rate", "2000")
        wait_until(lambda: self.find("#panel pre").text.count('"topic"') > 5, "rows are shown", 30)
        self.assertIn('"metadata":{', self.find("#panel pre").text)
        self.views(3)
        self.picture("dark")
        self.assertRegex(self.find("#rate-received").text, r"^[12][\d.,]*( k)?/s$")
        self.driver.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
        self.assertFalse(self.find("#panel").is_displayed())
        machines.kill()
        wait_until(lambda: engine.get("/health/live")[0] == 200, "it answers")
        self.assert_no_console_errors()

    def test_a_reload_draws_the_new_graph(self):
        engine = self.start()
        with open(engine.pipeline, "a") as f:
            f.write('\n[nodes.more]\nplugin = "discard_sink"\ninputs = ["decoder"]\n')
        engine.process.send_signal(1)
        wait_until(lambda: self.driver.find_elements(By.CSS_SELECTOR, '#graph [data-node="more"]'),
                   "the new node is drawn", 30)
        self.assertEqual(self.row("more")["node"], "more")
        self.assert_no_console_errors()

    def test_on_a_phone_nothing_is_cut_off(self):
        self.start(width=390, height=1500)
        self.load(20_000, "--rate", "4000")
        self.views(3)
        self.picture("phone")
        wide = self.driver.execute_script("return document.documentElement.scrollWidth")
        self.assertLessEqual(wide, self.driver.execute_script("return window.innerWidth"))
        self.assert_no_console_errors()

    def test_full_speed(self):
        self.start()
        self.load(400_000, "--rate", "60000")
        self.views(4)
        self.picture("speed")
        self.assertGreater(number(self.row("decoder")["rate_in"]), 1_000 if SLOW else 10_000)
        self.assert_no_console_errors()

    def test_it_is_small_and_allows_nothing_inline(self):
        engine = self.engine()
        size = 0
        for path in ("/", "/page.css", "/page.js", "/graph.js", "/panel.js", "/cards.js", "/table.js",
                     "/format.js", "/icon.svg"):
            with urllib.request.urlopen(f"http://127.0.0.1:{engine.port}{path}") as answer:
                text = answer.read()
                policy = answer.headers["Content-Security-Policy"]
            size += len(text)
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertNotRegex(text.decode(), r"https?://(?!www\.w3\.org/2000/svg)")
        self.assertLess(size, 100_000)
        self.assertNotRegex(text.decode(), r"<script>|style=|onclick=")

    def test_taps_are_refused_where_others_can_reach_them(self):
        engine = self.engine()
        status, text = engine.get("/tap?node=decoder")
        self.assertEqual(status, 403)
        self.assertIn("loopback", json.loads(text)["error"])
        self.assertFalse(json.loads(engine.get("/graph")[1])["taps"])


if __name__ == "__main__":
    unittest.main()
