"""The Debian package, as cpack made it: what is in it, what lintian says, and whether the program runs from
where the package is unpacked. Run with the folder of the package, and those of the sources and the build."""
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PACKAGES, SOURCES, BUILD = (Path(argument).resolve() for argument in (sys.argv.pop(1) for _ in range(3)))
SECONDS = 100


def run(*command, **more):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS,
                          check=False, **more)


def package():
    """The only one there is."""
    (file,) = PACKAGES.glob("quiesce_*.deb")
    return file


class Control(unittest.TestCase):
    def field(self, name):
        return run("dpkg-deb", "--field", package(), name).stdout.strip()

    def test_name_section_and_version(self):
        self.assertEqual(self.field("Package"), "quiesce")
        self.assertEqual(self.field("Section"), "devel")
        version = re.search(r"^quiesce \((\S+)\)", (SOURCES / "cmake/debian/changelog").read_text()).group(1)
        self.assertEqual(self.field("Version"), version)
        self.assertEqual(package().name, f"quiesce_{version}_{self.field('Architecture')}.deb")

    def test_dependencies_are_those_of_the_libraries(self):
        for library in ("libc6", r"libstdc\+\+6", r"libtbb\d+", r"libyaml-cpp[\d.]+"):
            self.assertRegex(self.field("Depends"), rf"(^|, ){library} \(>=")

    def test_lintian_finds_no_errors_and_no_warnings(self):
        done = run("lintian", "--allow-root", "--fail-on", "error,warning", package())
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


class Unpacked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name).resolve()
        subprocess.run(["dpkg", "-x", str(package()), str(cls.root)], check=True)
        cls.share = cls.root / "usr/share"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def quiesce(self, *arguments):
        return run(self.root / "usr/bin/quiesce", *arguments, cwd=self.root,
                   env={"PATH": "/usr/bin:/bin"})

    def files(self):
        return [file for file in self.root.rglob("*") if file.is_file() and not file.is_symlink()]

    def test_files_are_where_debian_looks(self):
        for path in ("bash-completion/completions/quiesce", "zsh/vendor-completions/_quiesce",
                     "fish/vendor_completions.d/quiesce.fish", "man/man1/quiesce.1.gz",
                     "doc/quiesce/copyright", "doc/quiesce/changelog.Debian.gz", "doc/quiesce/README.md",
                     "doc/quiesce/language.md"):
            self.assertTrue((self.share / path).is_file(), path)
        self.assertFalse((self.share / "doc/quiesce/LICENSE").exists(), "copyright names it")

    def test_links_of_documents_lead_somewhere(self):
        documents = sorted((self.share / "doc/quiesce").glob("*.md"))
        links = [(document, link) for document in documents
                 for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))]
        self.assertGreater(len(links), 30)
        for document, link in links:
            self.assertTrue((document.parent / link).exists(), f"{document.name}: {link}")

    def test_every_scenario_and_library_is_there(self):
        sources = SOURCES / "scenarios"
        shipped = {file.relative_to(sources) for file in sources.rglob("*.yaml")}
        there = self.share / "quiesce/scenarios"
        self.assertEqual({file.relative_to(there) for file in there.rglob("*.yaml")}, shipped)
        self.assertGreater(len(shipped), 50)

    def test_scenarios_are_the_examples(self):
        self.assertTrue((self.share / "doc/quiesce/examples/textbook/peterson.yaml").is_file())

    def test_no_path_of_the_machine_that_built_it(self):
        foreign = [str(path).encode() for path in (SOURCES, BUILD)]
        self.assertGreater(len(self.files()), 50)
        for file in self.files():
            content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            for path in foreign:
                self.assertNotIn(path, content, str(file))

    def test_no_library_is_looked_for_elsewhere(self):
        dynamic = run("objdump", "--private-headers", self.root / "usr/bin/quiesce").stdout
        self.assertIn("NEEDED", dynamic)
        self.assertNotRegex(dynamic, "RPATH|RUNPATH")

    def test_the_program_is_stripped(self):
        sections = run("objdump", "--section-headers", self.root / "usr/bin/quiesce").stdout
        self.assertIn(".text", sections)
        self.assertNotIn(".debug_info", sections)

    def test_it_checks_a_scenario(self):
        done = self.quiesce("check", "usr/share/doc/quiesce/examples/textbook/peterson.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # This one takes routines of the library.
        done = self.quiesce("lint", "usr/share/doc/quiesce/examples/reboot/nic-shutdown.yaml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_lists_the_scenarios_of_the_package(self):
        # It is called from the package's root, and names what is there from there.
        listed = [line.split("  ")[0] for line in self.quiesce("list").stdout.splitlines()]
        self.assertIn("usr/share/quiesce/scenarios/reboot/nic-shutdown.yaml", listed)

    def test_it_shows_a_routine_of_the_package(self):
        self.assertIn("kernel_restart:", self.quiesce("show", "kernel_restart").stdout)

    def test_man_finds_the_page(self):
        done = run("man", "--manpath", self.share / "man", "quiesce", env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertIn("model checker for the shutdown of Arm SMMUs", done.stdout, done.stderr)

    def test_the_page_is_that_of_the_program(self):
        page = gzip.decompress((self.share / "man/man1/quiesce.1.gz").read_bytes()).decode()
        self.assertEqual(page, self.quiesce("man").stdout)

    def test_without_its_library_it_says_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = Path(folder).resolve() / "bin/quiesce"
            alone.parent.mkdir()
            shutil.copy(self.root / "usr/bin/quiesce", alone)
            done = run(alone, "lint", self.share / "quiesce/scenarios/reboot/nic-shutdown.yaml")
            self.assertEqual(done.returncode, 2)
            self.assertIn("linux/reboot", done.stderr)
            for words in (["list"], ["list", "--routines"], ["show", "kernel_restart"]):
                done = run(alone, *words)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(f"{folder}/share/quiesce/scenarios", done.stderr)


if __name__ == "__main__":
    unittest.main()
