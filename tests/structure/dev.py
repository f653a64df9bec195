"""What ./dev says and asks for on a machine where nothing is installed and nobody may install."""

import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOLS = "sh dirname grep id ls sed sort awk tail cat env".split()


class Dev(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        os.chmod(self.folder, 0o755)
        shutil.copy(os.path.join(ROOT, "dev"), self.folder)
        self.tools = os.path.join(self.folder, "tools")
        os.mkdir(self.tools)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.tools, tool))
        self.tool("dpkg-query", "exit 1")
        self.tool("apt-get", "exit 99")
        self.tool("apt-cache", "printf 'clang-%s\\n' 15 19 9 16 19-doc tools-21")

    def tool(self, name, script):
        path = os.path.join(self.tools, name)
        with open(path, "w") as f:
            f.write(f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)

    def dev(self, *arguments):
        """As somebody who is not root; exit code and what is said."""
        who = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        done = subprocess.run([*who, shutil.which("env"), f"PATH={self.tools}",
                               os.path.join(self.folder, "dev"), *arguments],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def packages(self, *arguments):
        code, said = self.dev(*arguments)
        self.assertEqual(code, 1, said)
        line = next(line for line in said.splitlines() if "apt-get install" in line)
        return line.split()[3:]

    def test_without_root_and_sudo_the_missing_packages_are_named(self):
        code, said = self.dev("demo")
        self.assertEqual(code, 1)
        self.assertNotIn("not found", said)
        self.assertIn("Packages are missing. As root, run\n  apt-get install --no-install-recommends g++ ",
                      said)

    def test_a_sudo_that_refuses_names_them_too(self):
        self.tool("sudo", "echo nobody is not in the sudoers file >&2; exit 1")
        code, said = self.dev("demo")
        self.assertEqual(code, 1)
        self.assertIn("As root, run\n  apt-get install", said)

    def test_the_demo_asks_for_nothing_that_only_tests_or_fuzzing_need(self):
        demo, test = set(self.packages("demo")), set(self.packages("test"))
        self.assertLess(demo, test)
        for package in ("catch2", "chromium", "chromium-driver", "python3-selenium", "prometheus", "tmux"):
            self.assertIn(package, test - demo)
        self.assertEqual([each for each in test if "clang" in each], [])

    def test_fast_tests_ask_for_no_server_and_no_browser(self):
        fast, test = set(self.packages("test", "--fast")), set(self.packages("test"))
        self.assertLess(fast, test)
        self.assertIn("catch2", fast)
        self.assertEqual(fast & {"mosquitto", "postgresql", "chromium"}, set())

    def test_lint_asks_for_what_it_runs_and_setup_installs_it(self):
        self.assertIn("clang-tidy", self.packages("lint"))
        self.assertLessEqual({"clang-format", "clang-tidy"}, set(self.packages("setup")))

    def lint(self, version):
        """Exit code, and the arguments of clang-tidy, which finds something."""
        self.tool("dpkg-query", "echo install ok installed")
        for tool in ("xargs", "mkdir", "nproc", "find"):
            os.symlink(shutil.which(tool), os.path.join(self.tools, tool))
        for folder in ("engine", "plugins"):
            os.makedirs(os.path.join(self.folder, "build", "lint", folder))
            for name in (f"unity_{folder}_cxx.cxx", "other.cxx"):
                open(os.path.join(self.folder, "build", "lint", folder, name), "w").close()
        run_chmod = ["chmod", "-R", "a+rwX", os.path.join(self.folder, "build")]
        subprocess.run(run_chmod, check=True)
        self.tool("cmake", "exit 0")
        self.tool("clang-tidy", f"""case "$1" in
          --version) echo LLVM version {version} ;;
          *) echo tidied: "$@"; case "$*" in *as-errors=\\**) exit 1 ;; esac ;;
        esac""")
        code, said = self.dev("lint")
        return code, [line for line in said.splitlines() if line.startswith("tidied: ")]

    def test_lint_reads_the_unity_files_of_engine_and_plugins(self):
        code, tidied = self.lint("14.0.6")
        self.assertNotEqual(code, 0)
        self.assertEqual(sorted(line.split("/")[-1].split()[0] for line in tidied),
                         ["unity_engine_cxx.cxx", "unity_plugins_cxx.cxx"])

    def test_another_version_of_clang_tidy_fails_nothing(self):
        code, tidied = self.lint("19.1.7")
        self.assertEqual((code, len(tidied)), (0, 2))

    def test_another_version_of_clang_format_is_no_judge(self):
        self.tool("dpkg-query", "echo install ok installed")
        self.tool("clang-format", "echo Debian clang-format version 19.1.7")
        code, said = self.dev("format", "--check")
        self.assertEqual(code, 0, said)
        self.assertIn("format: not checked", said)

    def test_packages_are_built_with_all_that_a_fresh_machine_lacks(self):
        self.assertIn("build-essential", self.packages("package"))

    def test_fuzzing_asks_for_the_newest_clang_that_there_is(self):
        self.tool("dpkg-query", 'case "$*" in *clang*) exit 1 ;; *) echo install ok installed ;; esac')
        os.remove(os.path.join(self.tools, "ls"))
        self.tool("ls", "echo clang++; echo clang++-14")
        self.assertEqual(self.packages("fuzz"), ["clang-19", "libclang-rt-19-dev"])


if __name__ == "__main__":
    unittest.main()
