"""`intone notebook run` as a user meets it: python runner.py BINARY PROJECT"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import nbformat

BINARY, PROJECT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])


def notebook(*cells):
    made = nbformat.v4.new_notebook()
    for index, cell in enumerate(cells):
        source, tags = cell if isinstance(cell, tuple) else (cell, [])
        made.cells.append(nbformat.v4.new_code_cell(source, id=f"c{index}", metadata={"tags": tags} if tags else {}))
    made.cells.insert(0, nbformat.v4.new_markdown_cell("# A *test*", id="m"))
    return made


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "a.ipynb")

    def tearDown(self):
        self.folder.cleanup()

    def write(self, *cells):
        nbformat.write(notebook(*cells), self.path)

    def run_it(self, *arguments):
        command = [BINARY, "--project", PROJECT, "notebook", "run", self.path, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=180, cwd=self.folder.name)

    def read(self, path=None):
        read = nbformat.read(path or self.path, as_version=4)
        nbformat.validate(read)
        return read

    def test_outputs_are_written_back_and_the_page_stands_alone(self):
        self.write('println!("<hello>");', "Square(8.0)", "1 + 1")
        page = os.path.join(self.folder.name, "page.html")
        ended = self.run_it("--html", page)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        cells = [cell for cell in self.read().cells if cell.cell_type == "code"]
        self.assertEqual([cell.execution_count for cell in cells], [1, 2, 3])
        self.assertEqual(cells[0].outputs[0].text, "<hello>\n")
        self.assertIn("image/svg+xml", cells[1].outputs[0].data)
        self.assertEqual(cells[2].outputs[0].data["text/plain"], "2")
        text = open(page).read()
        self.assertIn("&lt;hello&gt;", text)
        self.assertIn("<svg", text)
        self.assertNotIn("<script", text)

    def test_parameters_are_typed_and_recorded(self):
        self.write(("let side: f64 = 2.0;\nlet seed: u64 = 7;", ["parameters"]), "Square(side).area()")
        out = os.path.join(self.folder.name, "out.ipynb")
        ended = self.run_it("-p", "side=3", "-p", "seed=11", "--out", out)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        made = self.read(out)
        self.assertEqual(made.cells[-1].outputs[0].data["text/plain"], "9.0")
        self.assertEqual(made.cells[2].metadata.tags, ["injected-parameters"])
        facts = made.metadata["intone"]
        self.assertEqual((facts["seed"], facts["parameters"]["side"]), (11, "3.0"))
        self.assertEqual(facts["profile"], "release")
        self.assertTrue(facts["toolchain"].startswith("rustc ") and len(facts["lock_hash"]) == 64 and facts["version"])
        self.assertEqual(sorted(facts["durations_s"]), ["c0", "c1", "injected-parameters"])
        self.assertEqual(self.read().cells[-1].outputs, [])
        for wrong in ("side=wide", "sides=3", "=1", "side"):
            self.assertEqual(self.run_it("-p", wrong).returncode, 2, wrong)

    def test_a_failure_is_written_named_and_ends_the_run(self):
        self.write('println!("a");', "Circle::checked(0.0)?;", 'println!("never");')
        ended = self.run_it()
        self.assertEqual(ended.returncode, 1)
        self.assertIn("cell 2 (c1) failed: Error: 0 is no radius", ended.stderr)
        cells = [cell for cell in self.read().cells if cell.cell_type == "code"]
        self.assertEqual(cells[0].outputs[0].text, "a\n")
        self.assertEqual(cells[1].outputs[0].output_type, "error")
        self.assertEqual(cells[2].outputs, [])

    def test_an_expected_failure_does_not(self):
        self.write(('panic!("as planned")', ["raises-exception"]), "1")
        self.assertEqual(self.run_it().returncode, 0)

    def test_check_finds_what_differs(self):
        self.write('println!("took {} ms", 12);', "1 + 1")
        self.assertEqual(self.run_it().returncode, 0)
        self.assertEqual(self.run_it("--check").returncode, 0)
        changed = self.read()
        changed.cells[1].outputs[0].text = "took 900 ms\n"
        nbformat.write(changed, self.path)
        self.assertEqual(self.run_it("--check").returncode, 0)
        changed.cells[2].outputs[0].data["text/plain"] = "3"
        nbformat.write(changed, self.path)
        before = open(self.path).read()
        ended = self.run_it("--check")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("cell 2 (c1) differs", ended.stderr)
        self.assertEqual(open(self.path).read(), before)

    def test_displays_are_replaced_and_cleared(self):
        bundle = 'emit(&Bundle::new().with("text/plain", "{}"), Some("bar"), {});'
        self.write(bundle.format("one", "false"), bundle.format("two", "true"), 'println!("x"); clear(false); println!("y");')
        self.assertEqual(self.run_it().returncode, 0)
        cells = [cell for cell in self.read().cells if cell.cell_type == "code"]
        self.assertEqual([output.data["text/plain"] for output in cells[0].outputs], ["two"])
        self.assertEqual(cells[1].outputs, [])
        self.assertEqual(cells[2].outputs[0].text, "y\n")

    def test_the_file_is_as_nbformat_writes_it(self):
        self.write('println!("a");')
        self.run_it()
        text = open(self.path).read()
        self.assertEqual(text, json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
