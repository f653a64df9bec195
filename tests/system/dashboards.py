"""The alerts and the dashboard against a real Prometheus that scrapes a real engine: every query finds
something, and an alert's finds nothing while all is ok."""

import json
import os
import re
import shutil
import unittest
import urllib.parse
import urllib.request

from flow import Flow
from services import ROOT, end_process, free_port, run_process, start_process, wait_until

ALERTS = os.path.join(ROOT, "packaging", "prometheus", "alerts.yml")
DASHBOARD = os.path.join(ROOT, "packaging", "grafana", "penstock.json")
HERE = os.path.dirname(os.path.abspath(__file__))


def alerts():
    """The expression of each."""
    with open(ALERTS) as f:
        return dict(re.findall(r"- alert: (\w+)\n +expr: (.*)", f.read()))


def panels():
    with open(DASHBOARD) as f:
        for panel in json.load(f)["panels"]:
            for target in panel["targets"]:
                expression = target["expr"].replace("$__rate_interval", "10s").replace("$instance", ".*")
                yield panel["title"], expression


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"),
                     "prometheus is not installed")
class Dashboards(Flow):
    def scrape(self, engine):
        config = os.path.join(self.folder, "prometheus.yml")
        shutil.copy(ALERTS, self.folder)
        with open(config, "w") as f:
            f.write("global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [alerts.yml]\n"
                    "scrape_configs:\n  - job_name: penstock\n"
                    f"    static_configs: [{{targets: ['127.0.0.1:{engine.port}']}}]\n")
        self.port = free_port()
        with open(os.path.join(self.folder, "prometheus.log"), "w") as log:
            prometheus = start_process(
                ["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{self.port}",
                 f"--storage.tsdb.path={self.folder}/prometheus"], stdout=log, stderr=log)
        self.addCleanup(end_process, prometheus)

    def query(self, text):
        """What Prometheus finds; numbers that are none don't count."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?" + urllib.parse.urlencode({"query": text})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                found = json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as e:
            if e.code == 503:
                return []  # it has only just begun
            self.fail(f"{text}: {e.read().decode()}")
        except OSError:
            return []
        return [each for each in found if each["value"][1] != "NaN"]

    def test_promtool_finds_the_alerts_well_and_each_fires_for_what_it_is_for(self):
        run_process(["promtool", "check", "rules", ALERTS], check=True, capture_output=True)
        shutil.copy(ALERTS, self.folder)
        shutil.copy(os.path.join(HERE, "alerts_test.yml"), self.folder)
        done = run_process(["promtool", "test", "rules", "alerts_test.yml"], cwd=self.folder,
                           capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_query_finds_something_and_alerts_only_of_faults(self):
        engine = self.engine()
        self.scrape(engine)
        self.load(1_000_000, "--rate", "5000")
        wait_until(lambda: self.query('rate(penstock_points_total{state="stored"}[10s]) > 0'),
                   "it is scraped")
        for title, expression in panels():
            with self.subTest(title):
                wait_until(lambda: self.query(expression), expression, 30)
        metrics = engine.get("/metrics")[1]
        for name, expression in alerts().items():
            with self.subTest(name):
                self.assertEqual(self.query(expression), [], "all is ok")
                for metric in re.findall(r"penstock_[a-z_]+", expression):
                    self.assertRegex(metrics, rf"(?m)^{metric}[{{ ]")
        self.broker.publish("dev/a/b", "not JSON")
        self.database.stop()
        for name in ("PenstockLanesRetrying", "PenstockNodeIll", "PenstockRejectedRising"):
            wait_until(lambda: self.query(alerts()[name]), name, 60)


if __name__ == "__main__":
    unittest.main()
