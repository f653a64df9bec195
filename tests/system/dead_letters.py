"""Files of dead letters: what is kept in them, how they are bounded, and that each letter goes back
once to the node that rejected it, whatever happens to the file and to the replay."""

import json
import os
import signal
import subprocess
import unittest

from services import PENSTOCK, run_process, start_process, temporary_folder, wait_until

COLUMNS = {"time": "tsu:UTC", "topic": "u", "value": "g?", "value_str": "u?", "quality": "s",
           "metadata": "u?"}


def message(n, **more):
    return {"replayed": False, "topic": f"dev/{n}", "payload": f'{{"value":{n}}}',
            "received": "2024-01-15T10:30:00.000001Z", "node": "decoder", "reason": "of a test", **more}


def row(n, **more):
    return {"replayed": False, "time": "2024-01-15T10:30:00.000001Z", "topic": f"dev/{n}", "value": n,
            "quality": 192, "node": "out", "reason": "of a test", "columns": COLUMNS, **more}


class DeadLetters(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.letters_path = os.path.join(self.folder, "letters.ndjson")
        # What is stored lies in a folder that comes and goes, as databases do.
        self.store = os.path.join(self.folder, "store")
        self.pipeline = os.path.join(self.folder, "pipeline.toml")
        self.write_pipeline()

    def write_pipeline(self, letters="", more=""):
        with open(self.pipeline, "w") as f:
            f.write(f'''
[nodes.messages]
plugin = "file_source"
path   = "{self.folder}/messages.ndjson"
[nodes.decoder]
plugin = "json_decoder"
inputs = ["messages"]
[nodes.out]
plugin = "file_sink"
inputs = ["decoder"]
path   = "{self.store}/rows.ndjson"
[nodes.dead_letters]
plugin = "file_sink"
inputs = ["decoder.rejected", "out.rejected"]
path   = "{self.letters_path}"
{letters}
{more}
''')

    def write(self, letters, path=None):
        with open(path or self.letters_path, "w") as f:
            for each in letters:
                f.write(json.dumps(each, separators=(",", ":")) + "\n")

    def read(self, path):
        if not os.path.exists(path):
            return []
        with open(path) as f:
            return [json.loads(line) for line in f]

    def stored(self):
        return sorted(row["value"] for row in self.read(self.store + "/rows.ndjson"))

    def command(self, *files, more=()):
        return [PENSTOCK, "replay", *(files or [self.letters_path]), "--pipeline", self.pipeline, *more]

    def replay(self, *files, more=(), code=0):
        done = run_process(self.command(*files, more=more), cwd=self.folder, capture_output=True,
                           text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def marked(self, path):
        return sum(each["replayed"] for each in self.read(path))

    def break_off(self, *files, count, end=signal.SIGKILL):
        """Ends a replay that has taken so many letters, and can store none."""
        process = start_process(self.command(*files), cwd=self.folder, stderr=subprocess.DEVNULL)
        wait_until(lambda: self.marked((files or [self.letters_path])[0]) == count, "all are taken")
        process.send_signal(end)
        self.assertEqual(process.wait(), 2 if end == signal.SIGINT else -end)

    def test_a_replay_belongs_to_the_letters_not_to_the_name_of_their_file(self):
        for kind in (message, row):
            with self.subTest(kind.__name__):
                self.write([kind(n) for n in range(100)])
                self.break_off(count=100, end=signal.SIGINT if kind is row else signal.SIGKILL)
                os.rename(self.letters_path, self.letters_path + ".1")
                self.write([kind(n) for n in range(100, 200)])
                os.mkdir(self.store)
                self.replay()
                self.assertEqual(self.stored(), list(range(100, 200)))
                self.replay(self.letters_path + ".1")
                self.assertEqual(self.stored(), list(range(200)))
                self.assertEqual([each for each in os.listdir(self.folder) if "replay-" in each], [])
                os.rename(self.store, f"{self.store}-{kind.__name__}")

    def test_of_two_files_whose_replay_was_broken_off_each_goes_on_alone(self):
        one, other = self.folder + "/one.ndjson", self.folder + "/other.ndjson"
        for first, then in ((one, other), (other, one)):
            with self.subTest(first=first):
                self.write([row(n) for n in range(10)], one)
                self.write([message(n) for n in range(10, 20)], other)
                self.break_off(other, count=10)
                self.break_off(one, other, count=10)
                os.mkdir(self.store)
                self.replay(first)
                self.assertEqual(len(self.stored()), 10)
                self.replay(then)
                self.assertEqual(self.stored(), list(range(20)))
                os.rename(self.store, self.store + "-" + os.path.basename(first))

    def test_a_file_that_was_moved_from_its_broken_off_replay_is_told_of(self):
        self.write([row(n) for n in range(10)])
        self.break_off(count=10)
        os.mkdir(self.store)
        os.mkdir(self.folder + "/elsewhere")
        moved = self.folder + "/elsewhere/letters.ndjson"
        os.rename(self.letters_path, moved)
        self.assertIn("10 of its letters were on their way", self.replay(moved, code=1))
        os.rename(moved, self.letters_path)
        self.replay()
        self.assertEqual(self.stored(), list(range(10)))

    def test_letters_of_several_nodes_go_back_to_each(self):
        os.mkdir(self.store)
        self.write([each(n) for n in range(50) for each in (message, row)])
        said = self.replay()
        self.assertIn("replaying 50 letters into decoder", said)
        self.assertIn("replaying 50 letters into out", said)
        self.assertEqual(self.stored(), sorted(2 * list(range(50))))
        self.assertEqual(self.marked(self.letters_path), 100)
        self.assertIn("nothing to replay", self.replay())
        self.assertEqual(len(self.stored()), 100)

    def test_letters_without_a_way_back_are_refused_with_words(self):
        os.mkdir(self.store)
        self.write([message(1, node="old"), row(2, node="gone"), message(3)])
        said = self.replay(code=1)
        self.assertIn('1 letter from node "gone", which this pipeline does not have; name a node with --into', said)
        self.assertIn('1 letter from node "old"', said)
        self.assertEqual(self.marked(self.letters_path), 0)
        nameless = message(4)
        del nameless["node"]
        self.write([nameless])
        self.assertIn("that name no node; name a node with --into", self.replay(code=1))
        self.write([message(1, node="old"), nameless, message(3)])
        self.replay(more=["--into", "decoder"])
        self.assertEqual(self.stored(), [1, 3, 4])

    def test_a_row_that_names_no_node_goes_where_asked_and_takes_no_other_with_it(self):
        os.mkdir(self.store)
        self.write_pipeline(more=f'[nodes.second]\nplugin = "file_sink"\ninputs = ["decoder"]\n'
                                 f'path = "{self.store}/second.ndjson"')
        nameless = row(1)
        del nameless["node"]
        self.write([nameless, row(2), row(3, node="second")])
        self.replay(more=["--into", "second"])
        self.assertEqual(self.stored(), [2])
        self.assertEqual(sorted(each["value"] for each in self.read(self.store + "/second.ndjson")), [1, 3])

    def test_rows_of_earlier_versions_go_behind_the_decoder_or_nowhere(self):
        os.mkdir(self.store)
        old = row(1)
        del old["columns"]
        lost, other = dict(old, value=None), dict(old, site="north")
        self.write([old, lost, other])
        said = self.replay()
        self.assertIn(":2: skipped: value may have been NaN or infinite", said)
        self.assertIn(":3: skipped: there is no column site", said)
        self.assertEqual(self.stored(), [1])
        self.assertEqual([each["replayed"] for each in self.read(self.letters_path)], [True, False, False])

    def test_a_letter_that_was_edited_wrongly_stays_and_is_told_of(self):
        os.mkdir(self.store)
        self.write([row(1, quality="good"), row(2, valu=5), row(3, quality=70000), row(4)])
        with open(self.letters_path, "a") as f:
            f.write('{"replayed":false,"time":"2024-')
        said = self.replay()
        for line in range(1, 4):
            self.assertIn(f"letters.ndjson:{line}: skipped: ", said)
        self.assertIn(":5: skipped: it is not JSON", said)
        self.assertEqual(self.stored(), [4])

    def test_letters_that_are_discarded_are_counted_beside_those_kept(self):
        os.mkdir(self.store)
        self.write([{"topic": f"dev/{n}", "payload": "{"} for n in range(6000)],
                   self.folder + "/messages.ndjson")
        self.write_pipeline('max_bytes = "10KiB"\nkeep = 2', "[service]\nbuffer_size = 1000\n")
        done = run_process([PENSTOCK, "run", self.pipeline], capture_output=True, text=True, timeout=60)
        left = sum(len(self.read(self.letters_path + end)) for end in ("", ".1", ".2"))
        self.assertLess(left, 6000)
        self.assertIn(f"6000 points received, 0 stored, 6000 rejected and kept, {6000 - left} discarded",
                      done.stderr)
        self.assertIn("is on its last file", done.stderr)
        self.assertRegex(done.stderr, r"discarded \d+ unreplayed dead letters")

    def test_what_leads_elsewhere_is_not_written_in_folders_of_others(self):
        self.write([message(1)], self.folder + "/victim")
        intake = self.folder + "/intake"
        os.mkdir(intake)
        os.chmod(intake, 0o1777)
        with open(self.folder + "/messages.ndjson", "w"):
            pass
        self.write_pipeline(more=f'[nodes.messages.buffer]\ntype = "disk"\npath = "{intake}"')
        for name in ("lock", "checkpoint"):
            with self.subTest(name):
                os.symlink(self.folder + "/victim", f"{intake}/{name}")
                done = run_process([PENSTOCK, "run", self.pipeline], capture_output=True, text=True,
                                   timeout=60)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("is a symbolic link in a folder writable by other users", done.stderr)
                os.remove(f"{intake}/{name}")
        self.assertEqual(len(self.read(self.folder + "/victim")), 1)


if __name__ == "__main__":
    unittest.main()
