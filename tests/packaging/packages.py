"""The built packages: what is in them, what they need, how they were compiled, that a second build
gives the same bytes, and that the rpm installs."""

import filecmp
import glob
import os
import re
import shutil
import subprocess
import unittest

from machine import run
from services import ROOT, temporary_folder

PACKAGES = os.environ.get("PENSTOCK_PACKAGES", os.path.join(ROOT, "build", "package"))
AGAIN = os.environ.get("PENSTOCK_PACKAGES_AGAIN", "")  # a second build, elsewhere
BASE = os.path.join(ROOT, "build", "package-test", "base")

PLUGINS = {"batcher", "discard_sink", "file_sink", "file_source", "generator_source", "json_decoder",
           "line_protocol_decoder", "mqtt_source", "sql", "timescale_sink"}
# Loaded by path, and only for https (engine/http/openssl_names/README.md).
OPENSSL_NAMES = {"libssl", "libcrypto"}
CONFIGURATION = {f"/etc/penstock/pipelines/{name}.toml"
                 for name in ("default", "high-throughput", "low-latency")} | {"/etc/penstock/default.env"}
COMMON = CONFIGURATION | {
    "/usr/bin/penstock", "/usr/lib/systemd/system/penstock@.service",
    "/usr/lib/systemd/system/penstock-replay@.service",
    "/usr/lib/sysusers.d/penstock.conf", "/usr/lib/tmpfiles.d/penstock.conf",
    "/usr/share/bash-completion/completions/penstock", "/usr/share/penstock/sql/init.sql",
    "/usr/share/penstock/sql/functions.sql"}
# What the program and its plugins link, and nothing else: sonames without versions.
LIBRARIES = {"libc", "libm", "libgcc_s", "libstdc++", "libcurl", "libcivetweb", "libfmt", "libpaho-mqtt3as",
             "libpq", "libprometheus-cpp-core", "libre2", "libsimdjson", "libspdlog", "libssl", "libcrypto",
             "libsystemd", "libtbb", "libtomlplusplus", "libudunits2", "libz"}


def built(pattern, folder=PACKAGES):
    found = sorted(glob.glob(os.path.join(folder, pattern)))
    return found[0] if len(found) == 1 else None


class Packages:
    """What holds of both kinds; `kind` is the end of a package's name."""

    kind = ""

    def test_a_second_build_elsewhere_has_the_same_bytes(self):
        if not AGAIN:
            self.skipTest("there was one build")
        paths = glob.glob(os.path.join(PACKAGES, "*." + self.kind))
        self.assertEqual(len(paths), 3)
        for path in paths:
            other = os.path.join(AGAIN, os.path.basename(path))
            self.assertTrue(filecmp.cmp(path, other, shallow=False), path)

    def assert_hardened(self, root):
        objects = glob.glob(f"{root}/usr/bin/penstock") + glob.glob(
            f"{root}/usr/lib*/**/penstock/plugins/*.so", recursive=True)
        self.assertEqual(len(objects), 1 + len(PLUGINS))
        for path in objects:
            with self.subTest(os.path.basename(path)):
                headers = run("readelf", "-W", "-h", "-l", "-d", "-S", path)
                self.assertIn("DYN (", headers)  # position-independent
                self.assertIn("GNU_RELRO", headers)
                self.assertIn("BIND_NOW", headers)
                self.assertNotRegex(headers, r"GNU_STACK.*RWE")
                self.assertNotIn("RPATH", headers)
                self.assertNotIn("RUNPATH", headers)
                self.assertNotIn(".symtab", headers)
                self.assertNotIn(".debug_info", headers)
        program = objects[0]
        symbols = run("readelf", "-W", "--dyn-syms", program)
        self.assertIn("__stack_chk_fail", symbols)
        self.assertRegex(symbols, r"__(memcpy|snprintf|vsnprintf|read|memmove)_chk")
        if os.uname().machine == "x86_64":
            self.assertGreater(run("objdump", "-d", "-j", ".text", program).count("endbr64"), 100)


class Deb(Packages, unittest.TestCase):
    kind = "deb"

    @classmethod
    def setUpClass(cls):
        cls.deb, cls.dev = built("penstock_*.deb"), built("penstock-dev_*.deb")
        if not cls.deb or not cls.dev:
            raise RuntimeError(f"no packages in {PACKAGES}; run ./dev package")

    def files(self, deb):
        lines = [line.split() for line in run("dpkg-deb", "-c", deb).splitlines()]
        return {line[5][1:]: line[0] for line in lines if not line[5].endswith("/")}

    def test_the_files_are_where_the_documentation_says(self):
        files = self.files(self.deb)
        self.assertLessEqual(COMMON, set(files))
        triplet = run("dpkg-architecture", "-qDEB_HOST_MULTIARCH").strip()
        self.assertEqual({name for name in files if name.endswith(".so")},
                         {f"/usr/lib/{triplet}/penstock/plugins/{name}.so" for name in PLUGINS} |
                         {f"/usr/lib/{triplet}/penstock/openssl-names/{name}.so" for name in OPENSSL_NAMES})
        self.assertIn("/usr/share/man/man1/penstock.1.gz", files)
        self.assertIn("/usr/share/man/man5/penstock-pipelines.5.gz", files)
        for page in ("operating", "delivery", "reliability", "reference/timescale_sink"):
            self.assertTrue(any(name.startswith(f"/usr/share/doc/penstock/docs/{page}.md")
                                for name in files), page)
        self.assertEqual(files["/etc/penstock/default.env"], "-rw-r-----")
        self.assertIn("/usr/include/penstock/plugin.h", self.files(self.dev))
        self.assertIn(f"/usr/lib/{triplet}/cmake/penstock/penstock-config.cmake", self.files(self.dev))

    @unittest.skipUnless(os.path.exists(BASE + "/complete") and os.geteuid() == 0,
                         "there is no base system to install it in")
    def test_installed_as_documented_it_brings_no_screens_and_no_graphics_cards(self):
        with open(os.path.join(ROOT, "docs", "install.md")) as f:
            command = re.search(r"apt-get install (.*) \./penstock_", f.read())[1]
        with temporary_folder() as folder:
            run("cp", "-a", BASE, folder + "/root")
            shutil.copy(self.deb, folder + "/root/penstock.deb")
            # As if nothing were installed yet.
            open(folder + "/root/nothing", "w").close()
            brings = run("chroot", folder + "/root", "apt-get", "install", "-s", "-o",
                         "Dir::State::status=/nothing", *command.split(), "/penstock.deb")
        self.assertIn("Inst penstock", brings)
        self.assertNotRegex(brings, r"Inst (libx11|libopencl|ocl-icd|libhwloc-plugins)")

    def test_the_operators_files_are_conffiles(self):
        self.assertEqual(set(run("dpkg-deb", "-I", self.deb, "conffiles").split()), CONFIGURATION)

    def test_it_is_hardened_and_its_symbols_are_apart(self):
        with temporary_folder() as folder:
            run("dpkg-deb", "-x", self.deb, folder)
            self.assert_hardened(folder)
            build_id = re.search(r"Build ID: (\w+)",
                                 run("readelf", "-n", folder + "/usr/bin/penstock")).group(1)
        symbols = self.files(built("penstock-dbgsym_*.deb"))
        self.assertIn(f"/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug", symbols)

    def test_lintian_has_no_complaint(self):
        done = subprocess.run(["lintian", "--fail-on", "error,warning,info", "--no-tag-display-limit",
                               "--allow-root", built("penstock_*.changes")],
                              capture_output=True, text=True)
        said = [line for line in done.stdout.splitlines() if not line.startswith("N:")]
        self.assertEqual((said, done.returncode), ([], 0), done.stderr)


@unittest.skipUnless(built("penstock-[0-9]*.rpm"), "no rpm was built")
class Rpm(Packages, unittest.TestCase):
    kind = "rpm"

    @classmethod
    def setUpClass(cls):
        cls.rpm, cls.devel = built("penstock-[0-9]*.rpm"), built("penstock-devel-*.rpm")

    def query(self, what, package=None):
        return run("rpm", "-qp", "--nosignature", what, package or self.rpm)

    def test_the_files_are_where_the_documentation_says(self):
        files = set(self.query("-l").split("\n"))
        self.assertLessEqual(COMMON, files)
        self.assertLessEqual({f"/usr/lib64/penstock/plugins/{name}.so" for name in PLUGINS}, files)
        self.assertLessEqual({f"/usr/lib64/penstock/openssl-names/{name}.so" for name in OPENSSL_NAMES}, files)
        self.assertLessEqual({"/var/lib/penstock", "/usr/local/lib/penstock/plugins"}, files)
        self.assertIn("/usr/include/penstock/plugin.h", self.query("-l", self.devel))
        self.assertEqual(set(self.query("-c").split()), CONFIGURATION)

    def test_it_needs_the_libraries_that_it_links_and_no_others(self):
        needed = {re.sub(r"\.so.*", "", line) for line in self.query("--requires").splitlines()
                  if ".so" in line}
        self.assertEqual(needed, LIBRARIES)

    def test_its_scripts_make_the_user_and_restart_what_runs(self):
        scripts = self.query("--scripts")
        for wanted in ("useradd -r", "systemctl try-restart 'penstock@*.service'",
                       "systemctl stop 'penstock@*.service'"):
            self.assertIn(wanted, scripts)

    def test_it_installs_into_an_empty_root(self):
        with temporary_folder() as root:
            run("rpm", "--root", root, "--nosignature", "--nodeps", "--noscripts", "-i", self.rpm)
            self.assertIn("penstock", run("rpm", "--root", root, "-q", "penstock"))
            self.assert_hardened(root)
            # No file has changed; owners have, since nobody made the user.
            said = run("rpm", "--root", root, "-V", "--nodeps", "--noscripts", "--nouser",
                       "--nogroup", "penstock")
            self.assertEqual(said, "")
            run("rpm", "--root", root, "--noscripts", "-e", "penstock")
            self.assertFalse(os.path.exists(root + "/usr/bin/penstock"))

    @unittest.skipUnless(os.path.exists(BASE + "/complete") and os.geteuid() == 0,
                         "there is no base system to install it in")
    def test_its_scripts_run_in_a_root_with_a_shell(self):
        with temporary_folder() as folder:
            root = folder + "/root"
            run("cp", "-a", BASE, root)
            run("rpm", "--root", root, "--nosignature", "--nodeps", "-i", self.rpm)
            self.assertRegex(run("chroot", root, "getent", "passwd", "penstock"), r":/sbin/nologin")
            self.assertEqual(run("chroot", root, "stat", "-c", "%U", "/var/lib/penstock").strip(),
                             "penstock")
            self.assertIn("batcher", run("chroot", root, "penstock", "plugins"))
            with open(root + "/etc/penstock/default.env", "a") as f:
                f.write("INGESTION_HTTP_PORT=9\n")
            run("rpm", "--root", root, "--nodeps", "-e", "penstock")
            # What the operator has changed is kept.
            self.assertTrue(os.path.exists(root + "/etc/penstock/default.env.rpmsave"))
            shutil.rmtree(root)


if __name__ == "__main__":
    unittest.main()
