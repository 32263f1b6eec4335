#!/usr/bin/env python3
"""The hashes that cmake/EmbedAssets.cmake computes are those that a browser computes."""
import base64
import hashlib
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """cmake_minimum_required(VERSION 3.25)
include("{root}/cmake/EmbedAssets.cmake")
file(READ "{text}" text)
policy_hash("${{text}}" hash)
file(WRITE "{out}" "${{hash}}")
"""


class PolicyHash(unittest.TestCase):
    def test_it_is_base64_of_the_binary_digest(self):
        for text in ["a", "body { color: red; }", "[1, 2];\n\"quoted\" \\ ${x} \u2713", *map(str, range(40))]:
            with tempfile.TemporaryDirectory() as folder:
                paths = {name: Path(folder) / name for name in ("text", "out", "script.cmake")}
                paths["text"].write_text(text, encoding="utf-8")
                paths["script.cmake"].write_text(
                    SCRIPT.format(root=ROOT, text=paths["text"], out=paths["out"]), encoding="utf-8")
                subprocess.run(["cmake", "-P", str(paths["script.cmake"])], check=True)
                digest = hashlib.sha256(text.encode()).digest()
                self.assertEqual(paths["out"].read_text(encoding="utf-8"),
                                 "sha256-" + base64.b64encode(digest).decode())


if __name__ == "__main__":
    unittest.main()
