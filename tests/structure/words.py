"""Phrases that read like a translation don't come back: each has a better one."""

import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

BETTER = {
    r": well\b|\bstate[- `\"]+well\b|[`\"]well[`\"]": "ok",
    r"below the least": "below the minimum",
    r"above the most": "above the maximum",
    r"\bthe file is well\b": "configuration valid",
    r"goes on as it was": "still running the previous configuration",
    r"\bworks again\b": "recovered",
    r"nothing has moved": "no progress for … with work queued",
    r"gave out by|what breaks its schema": "emitted a batch on … that violates its schema",
    r"gives no event descriptor": "eventfd failed: ERRNO",
    r"a text stands in quotes": "strings must be quoted",
    r"stands in this file": "is a plain-text secret",
    r"is no broker's address": "is not a broker address",
    r"what keeps not to": "batches that violate their schema",
    r"one of its kind on the broker": "Client identifier, unique on the broker",
    r"each side hears of the other": "MQTT keep-alive interval",
    r"that the broker is of": "CA certificate that verifies the broker",
    r"it tries again, or has not begun": "1 if healthy, 0 while starting or retrying",
    r"\bcame (otherwise|besides)\b": "differs, unexpected",
    r"take its changed file": "reload a running engine's pipeline file",
    r"\bengine how it is\b": "query a running engine's health",
    r"how it fares|what is amiss": "check its state, faults",
    r"their cause mended|with the cause mended": "after fixing the cause",
    r"perhaps not as meant": "warnings",
    r"left unreleased": "leave release NULL",
    r"by its own will": "calls reject_row",
    r"stands? still by right": "is legitimately idle",
}


class Words(unittest.TestCase):
    maxDiff = None

    def test_no_file_says_it_the_old_way(self):
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True,
                                text=True, check=True).stdout.split("\n")
        any_of_them = re.compile("|".join(BETTER), re.IGNORECASE)
        found = []
        for path in filter(None, listed):
            at = os.path.join(ROOT, path)
            if path in ("CHANGELOG.md", "tests/structure/words.py") or not os.path.isfile(at):
                continue
            with open(at, errors="replace") as f:
                text = f.read()
            for match in any_of_them.finditer(text):
                better = next(words for phrase, words in BETTER.items()
                              if re.fullmatch(phrase, match[0], re.IGNORECASE))
                found.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}, better: {better}")
        self.assertEqual("\n".join(found), "")


if __name__ == "__main__":
    unittest.main()
