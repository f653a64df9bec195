"""What a mistyped command, a missing file or a missing right is answered with."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

BUILD = os.environ["PENSTOCK_BUILD"]
PENSTOCK = os.path.join(BUILD, "bin", "penstock")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEFAULT = os.path.join(ROOT, "pipelines", "default.toml")

DISK = """
[nodes.machines]
plugin = "generator_source"
count  = 10
[nodes.machines.buffer]
type = "disk"
path = "{folder}/intake"

[nodes.sink]
plugin = "{sink}"
inputs = ["machines"]
"""


def penstock(*arguments, program=PENSTOCK, **more):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, **more)
    return done.returncode, done.stdout + done.stderr


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="penstock-words-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)

    def assert_says(self, words, *arguments, **more):
        code, said = penstock(*arguments, **more)
        self.assertNotEqual(code, 0, said)
        self.assertIn(words, said)
        self.assertNotIn("filesystem error", said)
        return said

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    # ---- Words ----

    def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(self):
        for typed, meant in (("rnu", "run"), ("chekc", "check"), ("plugin", "plugins"),
                             ("relaod", "reload"), ("healt", "health"), ("replya", "replay")):
            self.assert_says(f'there is no command "{typed}" (did you mean "{meant}"?)', typed, "f.toml")
        for typed, meant in (("start", "run"), ("validate", "check"), ("version", "--version")):
            self.assert_says(f'there is no command "{typed}" (did you mean "{meant}"?)', typed, "f.toml")
        self.assert_says('did you mean "check"', "--log-level", "debug", "chek", "f.toml")
        self.assert_says("write `penstock run f.toml`", "f.toml")
        self.assert_says("name a command, such as `penstock run FILE`")

    def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(self):
        for arguments, meant in ((("check", "--conect", "f"), "--connect"),
                                 (("run", "--log-levl", "debug", "f"), "--log-level"),
                                 (("run", "--log-levl=debug", "f"), "--log-level"),
                                 (("tap", "a", "--limt", "5"), "--limit"),
                                 (("--plugin-dr", "/tmp", "plugins"), "--plugin-dir")):
            self.assert_says(f'(did you mean "{meant}"?)', *arguments)
        self.assert_says('unexpected argument "b"', "run", "a", "b")
        self.assertNotIn("did you mean", penstock("-v")[1])

    def test_what_is_missing_or_wrong_is_told_with_an_example(self):
        self.assert_says("penstock run: FILE is required; Example: penstock run pipelines/default.toml", "run")
        self.assert_says("penstock init: --to is required; Example: penstock init", "init", "--from", "file")
        for arguments, words in ((("reload", "--pid", "-3"), '--pid: "-3" is not a number from 1'),
                                 (("reload", "--pid", "abc"), '--pid: "abc" is not a number from 1'),
                                 (("tap", "a", "--limit", "-1"), '--limit: "-1" is not a number from 0'),
                                 (("tap", "a", "--rate", "0"), '--rate: "0" is not a number from 0.1 to 1000')):
            self.assert_says(words, *arguments)
        for verb in (["health"], ["top", "--once"], ["tap", "a", "--url"]):
            self.assert_says("Connection refused; is the engine running, and is this its [http] listen?",
                             *verb, "http://127.0.0.1:1")
        self.assert_says("not reloaded: no engine runs as process 1", "reload", "--pid", "1")

    def test_a_word_of_another_program_is_taken(self):
        for level in ("warn", "WARN", "Warning", "err", "info"):
            self.assertEqual(penstock("--log-level", level, "check", DEFAULT)[0], 0, level)
        self.assert_says('"loud" is not one of debug, info, warning, error', "--log-level", "loud",
                         "check", DEFAULT)

    def test_a_plugin_is_found_by_the_names_that_init_takes(self):
        for short, full in (("mqtt", "mqtt_source"), ("timescale", "timescale_sink"),
                            ("json", "json_decoder"), ("generator", "generator_source")):
            self.assertEqual(penstock("plugins", short), penstock("plugins", full))
        both = penstock("plugins", "file")[1]
        self.assertIn("file_source (source)", both)
        self.assertIn("file_sink (sink)", both)
        self.assertEqual(penstock("init", "--from", "mqtt", "--via", "json", "--to", "file")[0], 0)
        self.assert_says('no plugin named "mqt" (did you mean "mqtt_source"?)', "plugins", "mqt")
        self.assert_says('no source named "mqtt_sorce" (did you mean "mqtt_source"?)', "init", "--from",
                         "mqtt_sorce", "--to", "file")

    def test_the_completion_names_plugins_wherever_one_is_wanted(self):
        script = penstock("generate", "bash")[1]

        def completed(*words):
            asked = f'COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; _penstock; ' \
                    'echo "${COMPREPLY[@]}"'
            done = subprocess.run(["bash", "-c", script + asked], capture_output=True, text=True,
                                  env={"PATH": os.path.dirname(PENSTOCK) + ":" + os.environ["PATH"]})
            return done.stdout.split()
        for words in (["plugins", "file"], ["init", "--from", "file"], ["init", "--to", "file"]):
            self.assertEqual(completed("penstock", *words), ["file_sink", "file_source"], words)
        self.assertEqual(completed("penstock", "--log-level", "w"), ["warning"])
        self.assertEqual(completed("penstock", "check", "--format", "j"), ["json"])

    def test_the_login_of_an_address_is_in_no_message(self):
        for login in ('u:hun"xyz', "u:hun xyz", "u:hun'xyz", "u:p@hun/xyz", "u:hun/t@xyz"):
            for verb in (["health"], ["top", "--once"], ["tap", "a", "--url"]):
                said = self.assert_says("***@localhost:1/", *verb, f"http://{login}@localhost:1/")
                for part in ("hun", "xyz"):
                    self.assertNotIn(part, said, (verb, login))
        for arguments in (["http://u:hun@x"], ["health", "http://x", "http://u:hun@x"]):
            self.assertNotIn("hun", self.assert_says('"http://***@x"', *arguments))

    # ---- Files and folders ----

    def test_a_folder_of_plugins_that_is_not_there_is_refused(self):
        for arguments in (["plugins"], ["check", DEFAULT], ["schema"], ["run", DEFAULT]):
            self.assert_says("--plugin-dir: cannot open folder /no/such: No such file or directory",
                             "--plugin-dir", "/no/such", *arguments)
        self.assert_says("Not a directory", "--plugin-dir", DEFAULT, "plugins")
        code, said = penstock("--plugin-dir", self.folder, "check", DEFAULT)
        self.assertEqual(code, 0)
        self.assertIn(f"--plugin-dir: there is no plugin (*.so) in {self.folder}", said)

    def test_an_option_with_a_folder_takes_one_word(self):
        code, said = penstock("check", "--plugin-dir", os.path.join(BUILD, "tests", "plugins"), DEFAULT)
        self.assertEqual(code, 0, said)

    def test_letters_that_are_not_there_are_refused_before_anything_starts(self):
        into = ["--pipeline", DEFAULT, "--into", "decoder"]
        missing = os.path.join(self.folder, "letters.ndjson")
        self.assert_says(f"replay: cannot read {missing}: No such file or directory", "replay", missing,
                         *into)
        self.assert_says("is a folder; name a file in it", "replay", self.folder, *into)
        letters = self.write("letters", "")
        self.assert_says("is named twice", "replay", letters, self.folder + "/./letters", *into)
        self.assertEqual(os.listdir(self.folder), ["letters"])

    def test_a_source_whose_file_is_not_there_is_refused(self):
        pipeline = self.write("p.toml", '[nodes.a]\nplugin = "file_source"\npath = "no.ndjson"\n'
                              '[nodes.b]\nplugin = "discard_sink"\ninputs = ["a"]\n')
        for verb in ("check", "run"):
            self.assert_says("path: cannot read no.ndjson: No such file or directory", verb, pipeline,
                             cwd=self.folder)

    def test_what_a_command_looks_into_must_be_there(self):
        missing = self.folder + "/no"
        self.assert_says(f"cannot open the intake folder {missing}: No such file", "intake", missing)
        self.assert_says("Not a directory", "intake", DEFAULT)
        self.assert_says(f"cannot open folder {missing}: No such file or directory", "test", missing)
        for verb in (["run"], ["check"], ["graph"]):
            self.assert_says(f"{missing}: cannot be read: No such file or directory", *verb, missing)
            self.assert_says("Is a directory", *verb, self.folder)

    def test_a_path_that_leads_nowhere_is_refused_by_check(self):
        os.symlink(self.folder + "/gone", self.folder + "/dangling")
        os.symlink("circle", self.folder + "/circle")
        pipeline = '[nodes.a]\nplugin = "generator_source"\ncount = 1\n%s' \
                   '[nodes.b]\nplugin = "file_sink"\ninputs = ["a"]\npath = "%s"\n'

        def checked(buffer, path):
            buffer = f'[nodes.a.buffer]\ntype = "disk"\npath = "{buffer}"\n' if buffer else ""
            return penstock("check", self.write("p.toml", pipeline % (buffer, path)))
        gone = f"{self.folder}/dangling is a symbolic link to {self.folder}/gone, which does not exist"
        for name, words in (("dangling", gone), ("dangling/intake", gone),
                            ("circle", "circle leads through a symbolic link that points back to itself"),
                            ("circle/intake", "points back to itself; remove that link"),
                            ("x" * 256, "path: has a name of 256 bytes, more than the 255")):
            code, said = checked(f"{self.folder}/{name}", "-")
            self.assertEqual(code, 1, said)
            self.assertIn(words, said)
        for name, words in (("circle", "points back to itself"), ("circle/out", "points back to itself")):
            code, said = checked("", f"{self.folder}/{name}")
            self.assertEqual(code, 1, said)
            self.assertIn(words, said)
        # The folder may come, as one that is on a disk that is mounted later.
        code, said = checked("", f"{self.folder}/dangling/out")
        self.assertEqual(code, 0, said)
        self.assertIn(f"warning: path: {gone}", said)
        os.symlink(self.folder + "/gone/out", self.folder + "/out")
        code, said = checked("", f"{self.folder}/out")
        self.assertEqual(code, 0, said)
        self.assertIn(f"warning: path: there is no folder {self.folder}/gone; create it", said)
        # A file can be made through a link.
        code, said = checked("", f"{self.folder}/dangling")
        self.assertEqual(code, 0, said)
        self.assertNotIn("path:", said)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.folder + "/socket")
            self.assertIn("/socket is a socket, which takes no rows", checked("", self.folder + "/socket")[1])

    def test_a_text_that_is_too_long_for_mqtt_is_refused(self):
        pipeline = ('[nodes.a]\nplugin = "mqtt_source"\nclient_id = "%s"\ntopics = "%s"\nusername = "%s"\n'
                    'password = "${P}"\n%s[nodes.b]\nplugin = "discard_sink"\ninputs = ["a"]\n')
        longest = "x" * 65_535

        def said(name=longest, topic=longest, user=longest, password=longest, more=""):
            path = self.write("p.toml", pipeline % (name, topic, user, more))
            return penstock("check", path, env={**os.environ, "P": password})
        self.assertEqual(said()[0], 0)
        for option, given in (("client_id", {"name": longest + "x"}), ("username", {"user": longest + "x"}),
                              ("password", {"password": longest + "x"}),
                              ("topics: filter 1", {"topic": longest + "x"}),
                              ("client_id", {"topic": "$share/g/#", "more": "connections = 2\n"})):
            code, text = said(**given)
            self.assertEqual(code, 1)
            self.assertRegex(text, f"{option}:? is longer than 65,535 bytes")
            self.assertNotIn("xxx", text.split(option)[1].split("\n")[0])
        code, text = said(name="${P}", password="not-\udcffUTF-8")
        self.assertEqual(code, 1)
        self.assertIn("client_id: is not UTF-8", text)

    def test_a_pipe_is_not_set_aside(self):
        fifo = self.folder + "/fifo"
        os.mkfifo(fifo)
        pipeline = self.write("p.toml", '[nodes.a]\nplugin = "generator_source"\ncount = 100\n'
                              '[nodes.b]\nplugin = "file_sink"\ninputs = ["a"]\nmax_bytes = "1KiB"\n'
                              f'path = "{fifo}"\n')
        with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
            code, said = penstock("run", pipeline)
            self.assertEqual(code, 0, said)
            self.assertEqual(reader.communicate(timeout=60)[0].count(b"\n"), 100)
        self.assertEqual(sorted(os.listdir(self.folder)), ["fifo", "p.toml"])

    # ---- Standard output ----

    def printing(self):
        intake = self.folder + "/intake"
        pipeline = self.write("p.toml", DISK.format(folder=self.folder, sink="discard_sink"))
        self.assertEqual(penstock("run", pipeline)[0], 0)
        return (["schema"], ["generate", "man"], ["generate", "bash"], ["plugins"], ["plugins", "file"],
                ["init", "--from", "generator", "--to", "file"], ["graph", DEFAULT],
                ["graph", "--format", "svg", DEFAULT], ["check", pipeline],
                ["check", "--format", "json", DEFAULT], ["intake", intake], ["test", ROOT + "/tests/pipeline"],
                ["--help"], ["--version"])

    def test_what_cannot_be_printed_is_told_and_fails(self):
        for arguments in self.printing():
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = subprocess.run([PENSTOCK, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertTrue(done.stderr.endswith(
                    "penstock: cannot write to standard output: No space left on device\n"), done.stderr)
                done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", PENSTOCK, *arguments],
                                      stderr=subprocess.PIPE, text=True)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("cannot write to standard output: Bad file descriptor", done.stderr)

    def test_a_reader_that_ends_first_is_no_fault(self):
        for arguments in self.printing():
            for ignored in (False, True):  # SIGPIPE
                with self.subTest(arguments, ignored=ignored):
                    reader, writer = os.pipe()
                    os.close(reader)
                    done = subprocess.run([PENSTOCK, *arguments], stdout=writer, stderr=subprocess.PIPE,
                                          text=True, restore_signals=not ignored)
                    os.close(writer)
                    self.assertNotIn("cannot write", done.stderr)
                    self.assertEqual(done.returncode, 0 if ignored else -signal.SIGPIPE)

    # ---- Rights ----

    @unittest.skipUnless(os.geteuid() == 0, "only root can give up its rights")
    def test_a_missing_right_is_told_with_who_lacks_it_and_what_mends_it(self):
        user = pwd.getpwnam("nobody")
        # A copy that nobody may run, wherever the build is: root's home may be root's alone.
        for part in ("bin", "lib"):
            shutil.copytree(os.path.join(BUILD, part), os.path.join(self.folder, "copy", part))
        default = shutil.copy(DEFAULT, self.folder)
        self.as_nobody = {"program": os.path.join(self.folder, "copy", "bin", "penstock"), "cwd": "/",
                          "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        pipeline = self.write("p.toml", DISK.format(folder=self.folder, sink="discard_sink"))
        no_files = f"user nobody may not create files in {self.folder}, which belongs to root; "
        mend = f"{no_files}run: sudo install -d -o nobody {self.folder}/intake"
        said = self.assert_says(mend, "run", pipeline, **self.as_nobody)
        self.assertIn(f"cannot create the intake folder {self.folder}/intake: Permission denied", said)
        self.assert_says(mend, "check", "--connect", pipeline, **self.as_nobody)

        os.mkdir(self.folder + "/intake", 0o700)
        for verb in (["run"], ["check", "--connect"]):
            self.assert_says(f"user nobody may not create files in {self.folder}/intake, which belongs to "
                             f"root; run: sudo chown nobody {self.folder}/intake", *verb, pipeline,
                             **self.as_nobody)
        self.assert_says(f"user nobody may not read {self.folder}/intake", "intake",
                         self.folder + "/intake", **self.as_nobody)

        letters = self.write("letters", "")
        os.chmod(letters, 0o600)
        self.assert_says(f"user nobody may not read {letters}, which belongs to root; run: sudo chgrp",
                         "replay", letters, "--pipeline", default, "--into", "decoder", **self.as_nobody)
        os.chmod(letters, 0o644)
        self.assert_says(f"cannot mark letters in {letters}: Permission denied: user nobody may not write",
                         "replay", letters, "--pipeline", default, "--into", "decoder", **self.as_nobody)

        os.chmod(pipeline, 0o600)
        for verb in ("run", "check", "graph"):
            self.assert_says(f"cannot be read: Permission denied: user nobody may not read {pipeline}",
                             verb, pipeline, **self.as_nobody)

        closed = self.folder + "/closed"
        os.mkdir(closed, 0o700)
        self.assert_says(f"user nobody may not read {closed}", "--plugin-dir", closed, "plugins",
                         **self.as_nobody)
        secret = self.write("closed/secret", "x")
        tls = self.write("tls.toml", '[http]\ntls_cert = "%s"\ntls_key = "%s"\n' % (secret, secret) +
                         DISK.format(folder=self.folder, sink="discard_sink"))
        self.assert_says(f"tls_cert: cannot read {secret}: Permission denied: user nobody may not enter "
                         f"{closed}, which belongs to root; run as root, or choose another path", "check", tls,
                         **self.as_nobody)
        file = self.write("file.toml", '[nodes.a]\nplugin = "generator_source"\n[nodes.b]\n'
                          f'plugin = "file_sink"\ninputs = ["a"]\npath = "{self.folder}/out"\n')
        self.assert_says(f"cannot write {self.folder}/out: Permission denied: {no_files}run as root, or "
                         "choose another path", "check", "--connect", file, **self.as_nobody)

    def test_check_refuses_what_a_plugin_refuses_when_it_is_made(self):
        pipeline = self.write("p.toml", '[nodes.a]\nplugin = "generator_source"\n[nodes.b]\n'
                              'plugin = "hostile"\ndoes = "refuses_to_be_made"\ninputs = ["a"]\n')
        plugins = os.path.join(BUILD, "tests", "plugins")
        for verb in ("run", "check"):
            self.assert_says("nodes.b (hostile): no licence found", "--plugin-dir", plugins, verb, pipeline)

    def test_a_pipe_that_nobody_writes_to_is_not_waited_for(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        with open(pipe, "r+b", buffering=0):  # somebody has it open, and says nothing
            for verb in ("run", "check", "graph"):
                self.assert_says(f"{pipe}: cannot be read: no data from the pipe for 5 s", verb, pipe)
        self.assert_says(f"{pipe}: cannot be read: it is empty", "check", pipe)
        source = self.write("p.toml", '[nodes.a]\nplugin = "file_source"\npath = "%s"\n[nodes.b]\n'
                            'plugin = "discard_sink"\ninputs = ["a"]\n' % pipe)
        for verb in ("run", "check"):
            self.assert_says("is a pipe or a device; pass it on standard input", verb, source)
        self.assert_says("is a pipe or a device", "replay", "/dev/zero", "--pipeline", DEFAULT, "--into",
                         "decoder")
        with open(DEFAULT) as f:
            done = subprocess.run(["bash", "-c", f"{PENSTOCK} check <(cat)"], stdin=f, capture_output=True)
        self.assertEqual(done.returncode, 0)

    # ---- What is shipped ----

    def test_the_shipped_pipelines_start_without_a_warning(self):
        for name in ("default", "high-throughput", "low-latency"):
            path = os.path.join(ROOT, "pipelines", name + ".toml")
            done = subprocess.run([PENSTOCK, "check", path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0)
            self.assertNotIn("warning", done.stderr)
            self.assertIn("note: listen: open to every network", done.stderr)


if __name__ == "__main__":
    unittest.main()
