"""What `penstock init --plugin` writes builds with the installed SDK, passes its own tests and runs in
the installed engine, in each language and of each kind, by the commands of its own README."""

import json
import os
import re
import shutil
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from processes import run_process, start_process, temporary_folder, wait_until  # noqa: E402

BUILD = os.environ["PENSTOCK_BUILD"]
SANITIZE = os.environ.get("PENSTOCK_SANITIZE", "")
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def run(*command, **more):
    return run_process(command, capture_output=True, text=True, timeout=300, **more)


class Installed(unittest.TestCase):
    """With an install in a folder of its own."""

    @classmethod
    def setUpClass(cls):
        cls.prefix = os.path.join(cls.enterClassContext(temporary_folder()), "install")
        done = run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        assert done.returncode == 0, done.stderr
        flags = f"-fsanitize={SANITIZE}" if SANITIZE else ""
        cls.environment = {**os.environ, "CMAKE_PREFIX_PATH": cls.prefix, "CARGO_NET_OFFLINE": "true",
                           "PATH": os.path.join(cls.prefix, "bin") + ":" + os.environ["PATH"],
                           "CFLAGS": flags + " -Wall -Wextra -Wpedantic -Werror", "CXXFLAGS": flags}

    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def penstock(self, *arguments, cwd=None):
        return run("penstock", *arguments, cwd=cwd or self.folder, env=self.environment)


class Starter(Installed):
    def follow_the_readme(self, name, language, kind):
        """What the README's last command, which runs the pipeline, prints."""
        if language == "rust" and not shutil.which("cargo"):
            self.skipTest("cargo is not installed")
        done = self.penstock("init", "--plugin", name, "--language", language, "--kind", kind)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.written = os.path.join(self.folder, name)
        with open(os.path.join(self.written, "README.md")) as f:
            commands = COMMANDS.search(f.read()).group(1)
        done = run("sh", "-ec", commands, cwd=self.written, env=self.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{name} ({kind})", done.stdout)
        self.assert_keeps_the_contract(os.path.join(self.written, "build", name + ".so"), kind)
        self.assertIn("pipeline.toml: ", done.stdout)
        self.assertIn("1 case, 0 failed\n", done.stdout)
        return done.stdout.partition("1 case, 0 failed\n")[2].splitlines()

    def assert_keeps_the_contract(self, library, kind):
        options = {"sink": ["--option", f"path={self.folder}/verified"]}.get(kind, [])
        done = self.penstock("plugins", "--verify", library, "--start", *options)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["ok"]), done.stdout + done.stderr)

    def in_pipeline(self, nodes):
        """The rows that a pipeline of its own prints, in which the plugin stands."""
        path = os.path.join(self.written, "own.toml")
        with open(path, "w") as f:
            f.write(nodes)
        done = self.penstock("--plugin-dir", "build", "run", "own.toml", cwd=self.written)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def lines(self, name):
        with open(os.path.join(self.written, name)) as f:
            return f.read().splitlines()

    def assert_a_source(self, language):
        rows = self.follow_the_readme("my_ticks", language, "source")
        self.assertEqual([json.loads(row)["value"] for row in rows], [0, 1, 2, 3, 4])
        rows = self.in_pipeline('[nodes.in]\nplugin = "my_ticks"\ninterval = "1ms"\ncount = 300\ntopic = "a/b"\n'
                                '[nodes.out]\nplugin = "file_sink"\ninputs = ["in"]\n')
        self.assertEqual([json.loads(row)["payload"] for row in rows],
                         [f'{{"value":{i}}}' for i in range(300)])
        self.assertEqual({json.loads(row)["topic"] for row in rows}, {"a/b"})

    def assert_a_transform(self, language):
        rows = self.follow_the_readme("my_numbers", language, "transform")
        self.assertEqual([json.loads(row)["value"] for row in rows], [43, -2000])
        self.assertEqual(len(self.lines("dead-letters.ndjson")), 3)
        # In many batches, behind a batcher: each number once, each other message rejected once.
        with open(os.path.join(self.written, "numbers.ndjson"), "w") as f:
            f.writelines(json.dumps({"topic": f"t/{i % 7}", "payload": str(i) if i % 5 else "x" * (i % 90)}) +
                         "\n" for i in range(20_000))
        rows = self.in_pipeline('[nodes.in]\nplugin = "file_source"\npath = "numbers.ndjson"\n'
                                '[nodes.held]\nplugin = "batcher"\ninputs = ["in"]\n'
                                '[nodes.numbers]\nplugin = "my_numbers"\ninputs = ["held"]\nscale = 0.5\n'
                                '[nodes.out]\nplugin = "file_sink"\ninputs = ["numbers"]\n'
                                '[nodes.letters]\nplugin = "file_sink"\ninputs = ["numbers.rejected"]\n'
                                'path = "letters.ndjson"\n')
        points = [json.loads(row) for row in rows]
        self.assertEqual([(point["topic"], point["value"]) for point in points],
                         [(f"t/{i % 7}", i / 2) for i in range(20_000) if i % 5])
        self.assertEqual(len(self.lines("letters.ndjson")), 4_000)

    def assert_a_sink(self, language):
        self.follow_the_readme("my_lines", language, "sink")
        self.assertEqual(self.lines("lines.txt"), ["line1/temperature\t21.5", "line2/state\trunning"])
        self.in_pipeline('[nodes.in]\nplugin = "generator_source"\nrate = 0\ncount = 20000\ndevices = 3\n'
                         '[nodes.out]\nplugin = "my_lines"\ninputs = ["in"]\npath = "many.txt"\n')
        lines = self.lines("many.txt")
        self.assertEqual(len(lines), 20_000)
        self.assertTrue(all(re.fullmatch(r"dev/plc-00[1-3]/\w+\t\{.*\}", line) for line in lines))
        with open(os.path.join(self.written, "wrong.toml"), "w") as f:
            f.write('[nodes.in]\nplugin = "generator_source"\ncount = 1\n'
                    '[nodes.out]\nplugin = "my_lines"\ninputs = ["in"]\npath = ""\n')
        done = self.penstock("--plugin-dir", "build", "check", "wrong.toml", cwd=self.written)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"wrong\.toml:7:\d+: path: is empty; name a file")
        self.assert_waits_for_its_folder()

    def assert_waits_for_its_folder(self):
        with open(os.path.join(self.written, "late.toml"), "w") as f:
            f.write('[nodes.in]\nplugin = "generator_source"\ncount = 10\nrate = 0\n'
                    '[nodes.out]\nplugin = "my_lines"\ninputs = ["in"]\npath = "late/lines.txt"\n')
        log = os.path.join(self.written, "log")
        with open(log, "w") as f:
            engine = start_process(["penstock", "--plugin-dir", "build", "run", "late.toml"], stderr=f,
                                   cwd=self.written, env=self.environment)
        wait_until(lambda: "cannot open late/lines.txt: No such file" in "\n".join(self.lines(log)),
                   "the sink says what it waits for")
        os.mkdir(os.path.join(self.written, "late"))
        wait_until(lambda: engine.poll() is not None, "the engine ends when all is stored")
        self.assertEqual((engine.returncode, len(self.lines("late/lines.txt"))), (0, 10))


for language in ("c", "cpp", "rust"):
    for kind in ("source", "transform", "sink"):
        def test(self, language=language, kind=kind):
            getattr(self, f"assert_a_{kind}")(language)
        setattr(Starter, f"test_a_{kind}_in_{language}_builds_tests_and_runs_with_exact_results", test)


class Contributing(Installed):
    def assert_commands_work(self, language):
        if language == "rust" and not shutil.which("cargo"):
            self.skipTest("cargo is not installed")
        with open(os.path.join(ROOT, "CONTRIBUTING.md")) as f:
            commands, = [each for each in COMMANDS.findall(f.read()) if f"--language {language} " in each]
        done = run("sh", "-ec", commands, cwd=self.folder, env=self.environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(done.stdout.endswith("1 case, 0 failed\n"), done.stdout)

    def test_the_commands_for_c_work(self):
        self.assert_commands_work("c")

    def test_the_commands_for_cpp_work(self):
        self.assert_commands_work("cpp")

    def test_the_commands_for_rust_work(self):
        self.assert_commands_work("rust")


class Install(Installed):
    def test_an_install_has_everything_in_its_place(self):
        for path in ["bin/penstock", "lib/penstock/plugins/mqtt_source.so",
                     "include/penstock/plugin.h", "include/penstock/plugin.hpp",
                     "etc/penstock/pipelines/default.toml", "share/penstock/sql/init.sql",
                     "share/doc/penstock/LICENSE"]:
            self.assertTrue(os.path.exists(os.path.join(self.prefix, path)), path)
        shown = self.penstock("plugins").stdout
        for plugin in ["batcher", "discard_sink", "file_sink", "file_source", "generator_source",
                       "json_decoder", "line_protocol_decoder", "mqtt_source", "timescale_sink"]:
            self.assertIn(plugin, shown)


class Refused(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())

    def assert_refuses(self, words, *arguments):
        done = run(os.path.join(BUILD, "bin", "penstock"), "init", *arguments, cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
        self.assertTrue(done.stderr.startswith("penstock init: "), done.stderr)
        self.assertIn(words, done.stderr)

    def test_what_cannot_be_written_is_told_and_nothing_is_written(self):
        for name, words in (("My-Plugin", "use a to z, digits and _, and begin with a letter"),
                            ("", "begin with a letter"), ("9lives", "begin with a letter"),
                            ("../up", "use a to z"), ("a" * 65, "at most 64 letters"),
                            ("test", "build tools use that name"),
                            ("batcher", "there is a plugin of that name")):
            self.assert_refuses(words, "--plugin", name)
        self.assert_refuses('"go" is not one of c, cpp, rust', "--plugin", "mine", "--language", "go")
        self.assert_refuses('"lookup" is not one of source, transform, sink', "--plugin", "mine", "--kind",
                            "lookup")
        self.assert_refuses("cannot create nowhere/mine: No such file", "--plugin", "mine", "--to", "nowhere")
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_that_exists_is_left_as_it_is(self):
        os.mkdir(os.path.join(self.folder, "mine"))
        self.assert_refuses("mine exists; remove it, or choose another name", "--plugin", "mine")
        self.assertEqual(os.listdir(os.path.join(self.folder, "mine")), [])

    def test_either_a_pipeline_or_a_plugin_is_asked_for(self):
        self.assert_refuses("--from or --plugin is required")
        self.assert_refuses("name one of them", "--plugin", "mine", "--from", "mqtt", "--to", "file")
        for option, value in (("--language", "c"), ("--kind", "sink")):
            self.assert_refuses(f"{option} goes with --plugin", "--from", "mqtt", "--to", "file", option, value)
        for option, value in (("--via", "batcher"), ("--rejected", "file")):
            self.assert_refuses(f"{option} goes with --from", "--plugin", "mine", option, value)
        self.assertEqual(os.listdir(self.folder), [])

    def test_the_folder_is_written_where_it_is_asked_for(self):
        done = run(os.path.join(BUILD, "bin", "penstock"), "init", "--plugin", "mine", "--to", self.folder)
        self.assertEqual(done.stdout, f"wrote {self.folder}/mine; {self.folder}/mine/README.md says how to "
                                      "build, test and run it\n")
        files = {os.path.relpath(os.path.join(base, name), self.folder)
                 for base, _, names in os.walk(self.folder) for name in names}
        self.assertLessEqual({"mine/mine.cpp", "mine/CMakeLists.txt", "mine/README.md", "mine/pipeline.toml"},
                             files)
        for path in files:
            with open(os.path.join(self.folder, path)) as f:
                self.assertNotIn("example_", f.read(), path)


if __name__ == "__main__":
    unittest.main()
