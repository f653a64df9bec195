"""A time that names no zone is what PostgreSQL makes of it: `timestamp AT TIME ZONE`, around every
change of the clocks that zones of all kinds had or will have."""

import calendar
import json
import os
import time
import unittest

from services import PENSTOCK, Database, run_process, temporary_folder

# Northern and southern, negative summer, half an hour, no summer any more, changes at midnight, a
# standard that moved, a day left out.
ZONES = ["UTC", "Europe/Berlin", "Europe/Dublin", "Europe/Moscow", "America/New_York",
         "America/Sao_Paulo", "America/St_Johns", "America/Nuuk", "Asia/Kolkata", "Asia/Tehran",
         "Asia/Gaza", "Africa/Casablanca", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia",
         "Antarctica/Troll", "Etc/GMT+5"]
QUARTER = 15 * 60

PIPELINE = """
[nodes.machines]
plugin = "file_source"
path = "unused"

[nodes.decoder]
plugin = "json_decoder"
inputs = ["machines"]
time_zone = "%s"

[nodes.out]
plugin = "file_sink"
inputs = ["decoder", "decoder.rejected"]
path = "unused"
"""


def texts():
    """Quarters of hours around the ends of the months in which clocks change, and the first of all."""
    years = [1890, 1916, 1945, 1970, 1979, 1980, 1996, 2006, 2011, 2014, 2024, 2036, 2037, 2038, 2100, 2457]
    for year in years:
        for month in range(1, 13):
            begin = calendar.timegm((year, month, 1, 0, 0, 0))
            yield begin
        for month, days in ((3, range(1, 32)), (4, range(1, 8)), (9, range(20, 31)), (10, range(1, 32)),
                            (11, range(1, 9)), (12, range(29, 32))):
            for day in days:
                midnight = calendar.timegm((year, month, day, 0, 0, 0))
                yield from (midnight + quarter * QUARTER for quarter in range(-2, 15))


def text_of(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


class TimeZones(unittest.TestCase):
    def test_local_times_are_what_postgresql_makes_of_them(self):
        folder = self.enterContext(temporary_folder())
        database = Database(folder)
        self.addCleanup(database.stop)
        local = sorted({text_of(seconds) for seconds in texts()})
        self.assertGreater(len(local), 20_000)
        database.psql("CREATE TABLE local (at text)")
        database.psql_arguments("nexus_historian",
                                stdin="COPY local FROM STDIN;\n" + "\n".join(local) + "\n\\.\n")
        for zone in ZONES:
            with self.subTest(zone):
                case = os.path.join(folder, "case")
                os.makedirs(case, exist_ok=True)
                for name in os.listdir(case):
                    os.remove(os.path.join(case, name))
                with open(case + "/pipeline.toml", "w") as f:
                    f.write(PIPELINE % zone)
                with open(case + "/input.ndjson", "w") as f:
                    for text in local:
                        payload = json.dumps({"value": 1, "ts": text})
                        f.write(json.dumps({"topic": text, "payload": payload}) + "\n")
                done = run_process([PENSTOCK, "test", "--update", case], capture_output=True, text=True,
                                   timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                with open(case + "/expected.ndjson") as f:
                    rows = [json.loads(line) for line in f]
                ours = {row["topic"]: row.get("time", row.get("reason")) for row in rows}
                said = database.psql(
                    "SET TimeZone = 'UTC'; SELECT at || '|' || to_char(at::timestamp AT TIME ZONE "
                    f"'{zone}', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM local")
                theirs = dict(line.split("|") for line in said.splitlines() if "|" in line)
                wrong = {text: (ours.get(text), theirs[text]) for text in local
                         if ours.get(text) != theirs[text]}
                self.assertEqual(wrong, {}, f"{len(wrong)} differ")


if __name__ == "__main__":
    unittest.main()
