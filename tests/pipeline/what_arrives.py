"""docs/what-arrives.md is true: each line of its tables is put through json_decoder, or the decoder of
the options above the table, with these options, and becomes what stands beside it.

python3 tests/pipeline/what_arrives.py --update writes what becomes of them into the page."""

import base64
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from processes import temporary_folder  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PENSTOCK = os.path.join(os.environ["PENSTOCK_BUILD"], "bin", "penstock")
PAGE = os.path.join(HERE, "..", "..", "docs", "what-arrives.md")
RECEIVED = "2026-01-01T00:00:00.000000Z"
TOPIC = "plant/press"

PIPELINE = """
[nodes.in]
plugin = "file_source"
path   = "-"

[nodes.decoder]
inputs = ["in"]
%s

[nodes.out]
plugin = "file_sink"
inputs = ["decoder", "decoder.rejected"]
path   = "-"
"""

# What a table's first column is called, and the message that its cells stand for.
MESSAGES = {
    "payload": "%s",
    "payload in hex": None,
    "time": '{"value":1,"ts":%s}',
    "quality": '{"value":1,"q":%s}',
}


def visible(text):
    return text.replace("\n", "⏎").replace("\r", "␍")


def encoded(kind, cell):
    """The bytes of a cell's message."""
    text = cell.strip("`")
    if kind == "payload in hex":
        return bytes.fromhex(text)
    return (MESSAGES[kind] % text.replace("⏎", "\n").replace("␍", "\r")).encode()


def shown(kind, payload):
    """A letter's payload in a cell."""
    if kind == "payload in hex":
        return payload.hex()
    return visible(payload.decode())


class Line:
    """A line of a table: where it is, its message, and what is said to become of it."""

    def __init__(self, number, kind, cell, becomes):
        self.number, self.kind, self.cell, self.becomes = number, kind, cell, becomes
        self.payload = encoded(kind, cell)


def tables(lines):
    """Each table's options and lines."""
    options, code, kind, found = "", None, None, []
    for number, line in enumerate(lines):
        if line.startswith("#"):
            options = ""
        if line.startswith("```"):
            if code is None:
                code = []
            else:
                options, code = "\n".join(code), None
        elif code is not None:
            code.append(line)
        if not line.startswith("|"):
            kind = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if kind is None:
            kind = cells[0] if cells[0] in MESSAGES and cells[1] == "becomes" else ""
            if kind:
                found.append((options, []))
        elif kind and not line.startswith("| ---"):
            found[-1][1].append(Line(number, kind, cells[0], cells[1]))
    return found


def words(row, kind):
    """What a row or a letter is in a cell."""
    if "reason" in row:
        whole = row["whole"]
        return "rejected" + ("" if whole else f" `{shown(kind, row['payload'])}`") + f": {row['reason']}"
    said = []
    if "value" in row:
        said.append(repr(float(row["value"])).removesuffix(".0"))
    else:
        said.append(f"text `{visible(row['value_str'])}`" if "value_str" in row else "no value")
    if row["topic"] != TOPIC:
        said[0] = f"`{row['topic']}`: {said[0]}"
    if kind == "time":
        said = []
    if row["time"] != RECEIVED:
        said.append("at " + row["time"].replace(".000000Z", "Z"))
    elif kind == "time":
        said.append("time of receipt")
    if row["quality"] != 192 or kind == "quality":
        said = [f"{row['quality']}"] if kind == "quality" else said + [f"quality {row['quality']}"]
    if row["metadata"]:
        said.append("metadata `" + json.dumps(row["metadata"], ensure_ascii=False, separators=(",", ":"))
                    + "`")
    return ", ".join(said)


def becomes(options, lines):
    """What becomes of each line, in the words of a cell."""
    with temporary_folder() as case:
        with open(case + "/pipeline.toml", "w") as f:
            plugin = "" if "plugin" in options else 'plugin = "json_decoder"\n'
            f.write(PIPELINE % (plugin + options))
        with open(case + "/input.ndjson", "w") as f:
            for number, line in enumerate(lines):
                f.write(json.dumps({"topic": str(number),
                                    "payload_base64": base64.b64encode(line.payload).decode(),
                                    "received": RECEIVED.replace(".000000", "")}) + "\n")
        done = subprocess.run([PENSTOCK, "test", "--update", case], capture_output=True, text=True,
                              timeout=60)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        with open(case + "/expected.ndjson") as f:
            rows = [json.loads(row) for row in f]
    cells = []
    for number, line in enumerate(lines):
        mine = [row for row in rows if row["topic"].split("/")[0] == str(number)]
        for row in mine:
            row["topic"] = "/".join([TOPIC] + row["topic"].split("/")[1:])
            if "reason" in row:
                text = row.get("payload")
                row["payload"] = (base64.b64decode(row["payload_base64"]) if text is None
                                  else text.encode())
                row["whole"] = row["payload"] == line.payload
        mine.sort(key=lambda row: "reason" in row)
        cells.append("<br>".join(words(row, line.kind) for row in mine))
    return cells


def read_page():
    with open(PAGE, encoding="utf-8") as f:
        return f.read().split("\n")


def update():
    page = read_page()
    for options, lines in tables(page):
        for line, cell in zip(lines, becomes(options, lines)):
            page[line.number] = f"| {line.cell} | {cell} |"
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write("\n".join(page))


class WhatArrives(unittest.TestCase):
    maxDiff = None

    def test_each_line_of_the_page_is_true(self):
        found = tables(read_page())
        self.assertGreater(sum(len(lines) for _, lines in found), 70)
        for options, lines in found:
            for line, cell in zip(lines, becomes(options, lines)):
                with self.subTest(options=options, payload=line.payload):
                    self.assertEqual(line.becomes, cell, f"docs/what-arrives.md:{line.number + 1}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()
