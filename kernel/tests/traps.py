"""What goes wrong with evcxr's own kernel, each as a test: see the design's section on it."""

import os
import pathlib
import signal
import time
import unittest

from client import Kernel, children, evaluation, sessions


def eventually(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Traps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = Kernel()

    @classmethod
    def tearDownClass(cls):
        cls.kernel.__exit__()

    def ok(self, code, **options):
        cell = self.kernel.run(code, **options)
        self.assertEqual(cell.status, "ok", cell.content)
        return cell

    def fails(self, code, ename, **options):
        cell = self.kernel.run(code, **options)
        self.assertEqual(cell.status, "error")
        self.assertTrue(cell.content["ename"].startswith(ename), cell.content)
        self.assertEqual(cell.of("error")[0]["evalue"], cell.content["evalue"])
        self.ok("1 + 1")
        return cell

    def test_a_panic_is_an_error_with_its_place(self):
        cell = self.fails('let n: usize = 3;\nlet v: Vec<u8> = vec![];\nprintln!("before");\nlet x: u8 = v[n];', "Panic")
        self.assertIn("index out of bounds", cell.content["evalue"])
        self.assertIn("line 4", cell.traceback)
        self.assertEqual(cell.text("stdout"), "before\n")

    def test_a_panic_in_an_earlier_cells_function_names_that_cell(self):
        self.ok('fn picky(n: i32) -> i32 {\n    assert!(n > 0, "not positive");\n    n\n}')
        cell = self.fails("picky(-1)", "Panic")
        self.assertIn("not positive", cell.content["evalue"])
        self.assertIn("line 2", cell.traceback)

    def test_leaving_by_a_question_mark_is_an_error(self):
        cell = self.fails('println!("a");\nCircle::checked(-1.0)?;\nprintln!("b");', "Error")
        self.assertEqual(cell.content["evalue"], "-1 is no radius")
        self.assertEqual(cell.text("stdout"), "a\n")
        self.assertEqual(self.ok("Circle::checked(2.0)?").of("execute_result")[0]["data"]["text/plain"], "Circle(2.0)")

    def test_compile_errors_show_their_span(self):
        cell = self.fails('let a: i32 = 1;\n\nlet b: i32 = "text";', "CompileError[E0308]")
        self.assertIn("line 3, column 14", cell.traceback)
        self.assertIn("mismatched types", cell.content["evalue"])
        cell = self.fails("let x: i32 = 1;  nothing_of_that_name", "CompileError[E0425]")
        self.assertIn("line 1, column 18", cell.traceback)
        self.fails("let x = ;", "CompileError")

    def test_variables_survive_a_panic_and_a_compile_error(self):
        self.ok("let kept: i32 = 7;")
        self.kernel.run('panic!("x")')
        self.kernel.run("nonsense")
        self.assertEqual(self.ok("kept").of("execute_result")[0]["data"]["text/plain"], "7")

    def test_the_evaluation_may_be_killed(self):
        self.ok("let lost: i32 = 1;")
        self.ok("fn stays() -> i32 { 5 }")
        message = self.kernel.send("loop {}")
        time.sleep(2)
        os.kill(evaluation(self.kernel), signal.SIGKILL)
        cell = self.kernel.result(message)
        self.assertEqual(cell.content["ename"], "ProcessEnded")
        self.assertIn("SIGKILL", cell.content["evalue"])
        self.assertIn("lost", cell.traceback)
        self.assertEqual(self.ok("stays()").of("execute_result")[0]["data"]["text/plain"], "5")
        self.fails("lost", "CompileError[E0425]")

    def test_a_cell_may_exit(self):
        cell = self.fails('println!("last words");\nstd::process::exit(3)', "ProcessEnded")
        self.assertIn("3", cell.content["evalue"])
        self.assertEqual(cell.text("stdout"), "last words\n")

    def test_the_compiler_may_be_killed(self):
        self.ok("let survivor: i32 = 9;")
        body = "".join(f"fn f{n}(x: u64) -> u64 {{ x.wrapping_mul({n}) ^ x.rotate_left({n % 60}) }}\n" for n in range(4000))
        message = self.kernel.send(body)
        self.assertTrue(eventually(lambda: self.compilers(), 20), "no compiler was seen")
        for pid in self.compilers():
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(self.kernel.result(message).status, "error")
        self.assertEqual(self.ok("survivor").of("execute_result")[0]["data"]["text/plain"], "9")

    def compilers(self):
        return [
            grandchild
            for child in children(self.kernel.pid)
            for grandchild in children(child)
            if "rustc" in pathlib.Path(f"/proc/{grandchild}/cmdline").read_bytes().split(b"\0")[0].decode()
        ]

    def test_an_endless_loop_can_be_interrupted(self):
        self.ok("let gone: i32 = 1;")
        self.ok("fn remains() -> i32 { 6 }")
        message = self.kernel.send('println!("started"); loop { std::hint::spin_loop(); }')
        time.sleep(2)
        asked = time.monotonic()
        self.kernel.manager.interrupt_kernel()
        cell = self.kernel.result(message)
        self.assertLess(time.monotonic() - asked, 10)
        self.assertEqual(cell.content["ename"], "Interrupted")
        self.assertIn("gone", cell.traceback)
        self.assertEqual(cell.text("stdout"), "started\n")
        self.assertEqual(self.ok("remains()").of("execute_result")[0]["data"]["text/plain"], "6")

    def test_an_interrupt_between_cells_changes_nothing(self):
        self.ok("let there: i32 = 4;")
        self.kernel.manager.interrupt_kernel()
        time.sleep(0.5)
        self.assertEqual(self.ok("there").of("execute_result")[0]["data"]["text/plain"], "4")

    def test_a_megabyte_arrives_whole(self):
        cell = self.ok('for n in 0..20_000 { println!("{n:051}"); }')
        self.assertEqual(cell.text("stdout"), "".join(f"{n:051}\n" for n in range(20_000)))
        cell = self.ok('print!("{}", "x".repeat(1 << 20));')
        self.assertEqual(cell.text("stdout"), "x" * (1 << 20))

    def test_text_without_a_line_feed_stays_in_its_cell(self):
        self.assertEqual(self.ok('print!("a"); print!("b");').text("stdout"), "ab")
        self.assertEqual(self.ok('print!("c");').text("stdout"), "c")
        cell = self.fails('print!("d"); panic!("e")', "Panic")
        self.assertEqual(cell.text("stdout"), "d")
        self.assertEqual(self.ok('println!("f");').text("stdout"), "f\n")

    def test_standard_error_keeps_its_place(self):
        cell = self.ok('for n in 0..50 { println!("o{n}"); eprintln!("e{n}"); }')
        streams = [(o["content"]["name"], o["content"]["text"]) for o in cell.outputs if o["msg_type"] == "stream"]
        expected = [pair for n in range(50) for pair in (("stdout", f"o{n}\n"), ("stderr", f"e{n}\n"))]
        self.assertEqual(streams, expected)

    def test_standard_error_of_libraries_ends_with_the_cell(self):
        cell = self.ok('{ use std::io::Write; std::io::stderr().write_all(b"raw").unwrap(); }')
        self.assertEqual(cell.text("stderr"), "raw")

    def test_several_displays_stand_in_order_with_text(self):
        cell = self.ok('println!("one");\nSquare(1.0).evcxr_display();\nprintln!("two");\nSquare(2.0).evcxr_display();\nSquare(3.0)')
        self.assertEqual(cell.kinds(), ["stream", "display_data", "stream", "display_data", "execute_result"])
        self.assertEqual([d["data"]["text/plain"] for d in cell.of("display_data")], ["a square of 1", "a square of 2"])

    def test_a_display_can_be_replaced(self):
        bundle = 'emit(&Bundle::new().with("text/plain", "{}"), Some("bar"), {});'
        cell = self.ok(bundle.format("0 %", "false") + bundle.format("50 %", "true") + bundle.format("100 %", "true"))
        self.assertEqual(cell.kinds(), ["display_data", "update_display_data", "update_display_data"])
        self.assertEqual({o["content"]["transient"]["display_id"] for o in cell.outputs}, {"bar"})

    def test_displays_come_while_the_cell_runs(self):
        message = self.kernel.send('Square(1.0).evcxr_display(); std::thread::sleep(std::time::Duration::from_secs(4));')
        while True:
            output = self.kernel.client.get_iopub_msg(timeout=60)
            if output["msg_type"] == "display_data":
                break
        seen = time.monotonic()
        self.kernel.result(message)
        self.assertGreater(time.monotonic() - seen, 1.5)

    def test_a_cell_can_ask(self):
        cell = self.ok('print!("x"); println!("hello {}", ask("name?"));', answer="Ada", allow_stdin=True)
        self.assertEqual(cell.text("stdout"), "xhello Ada\n")

    def test_untyped_variables_get_their_types(self):
        self.ok("let square = Square(3.0);\nlet area = square.area();")
        self.assertEqual(self.ok("area + 1.0").of("execute_result")[0]["data"]["text/plain"], "10.0")

    def test_silent_cells_neither_count_nor_show_results(self):
        before = self.ok("1").content["execution_count"]
        cell = self.kernel.run("2", silent=True)
        self.assertEqual((cell.status, cell.kinds()), ("ok", []))
        self.ok("3", store_history=False)
        self.assertEqual(self.ok("4").content["execution_count"], before + 1)

    def test_cells_behind_a_failed_one_are_aborted(self):
        first, second = self.kernel.send('panic!("stop")'), self.kernel.send('println!("never");')
        replies = {}
        while len(replies) < 2:
            reply = self.kernel.client.get_shell_msg(timeout=60)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
        self.assertEqual((replies[first], replies[second]), ("error", "aborted"))
        time.sleep(0.5)
        self.ok("1")

    def test_expressions_of_the_front_end_are_evaluated(self):
        cell = self.ok("let e: i32 = 20;", user_expressions={"twice": "e * 2", "bad": "nothing_here"})
        expressions = cell.content["user_expressions"]
        self.assertEqual(expressions["twice"]["data"]["text/plain"], "40")
        self.assertEqual(expressions["bad"]["status"], "error")

    def test_a_dependency_added_in_a_session_builds_no_other_anew(self):
        with Kernel() as kernel:
            cell = kernel.run(':dep itoa = "1"')
            self.assertEqual(cell.status, "ok", cell.content)
            self.assertNotIn("serde_json", cell.text("stdout") + cell.text("stderr"))
            self.assertEqual(kernel.run('let mut b: itoa::Buffer = itoa::Buffer::new(); b.format(128u64).len()').content["status"], "ok")

    def test_printing_what_looks_like_the_protocol_does_no_harm(self):
        self.ok('println!("EVCXR_PANIC"); println!("\\u{1}intone: {{");')
        self.ok("1 + 1")


class Lives(unittest.TestCase):
    """Kernels that come and go."""

    def test_two_kernels_at_once(self):
        with Kernel() as one, Kernel() as two:
            first, second = one.send("let who: i32 = 1;"), two.send("let who: i32 = 2;")
            self.assertEqual((one.result(first).status, two.result(second).status), ("ok", "ok"))
            results = [kernel.run("who").of("execute_result")[0]["data"]["text/plain"] for kernel in (one, two)]
            self.assertEqual(results, ["1", "2"])

    def test_a_restart_starts_anew(self):
        with Kernel() as kernel:
            kernel.run("let old: i32 = 1;")
            kernel.manager.restart_kernel()
            kernel.client.wait_for_ready(timeout=60)
            self.assertEqual(kernel.run("old").content["ename"], "CompileError[E0425]")
            self.assertEqual(kernel.run("1 + 1").status, "ok")

    def test_a_kernel_that_starts_after_a_change_builds_what_was_changed(self):
        source = pathlib.Path("mini/src/lib.rs")
        before, added = source.read_text(), time.time_ns()
        source.write_text(f"{before}/// New.\npub const ADDED: u64 = {added};\n")
        try:
            with Kernel() as kernel:
                cell = kernel.run("intone::ADDED")
                said = cell.text("stdout") + cell.text("stderr")
                self.assertEqual(cell.of("execute_result")[0]["data"]["text/plain"], str(added), said)
                # The crate, its dylib and the cell: the third is the last.
                self.assertIn("compiling 3: ctx ", said)
        finally:
            source.write_text(before)

    def test_no_folder_stays(self):
        self.assertTrue(eventually(lambda: not sessions()), f"left by others: {sessions()}")
        for end in (
            lambda kernel: kernel.manager.shutdown_kernel(),
            lambda kernel: kernel.manager.shutdown_kernel(now=True),
            lambda kernel: os.kill(kernel.pid, signal.SIGTERM),
            lambda kernel: os.kill(kernel.pid, signal.SIGKILL),
        ):
            with Kernel() as kernel:
                kernel.run("1")
                self.assertEqual(len(sessions()), 1)
                child = evaluation(kernel)
                kernel.send("loop {}")
                time.sleep(2)
                end(kernel)
                self.assertTrue(eventually(lambda: not sessions()), f"left: {sessions()}")
                self.assertTrue(eventually(lambda: not os.path.exists(f"/proc/{child}")), "the evaluation is still there")

    def test_a_stranger_beside_the_notebook_changes_nothing(self):
        with open("evcxr.toml", "w") as file:
            file.write('[evcxr]\nprelude = "nonsense"\nopt_level = "3"\ntmpdir = "/nowhere"\n')
        try:
            with Kernel() as kernel:
                self.assertEqual(kernel.run("Square(1.0).area()").status, "ok")
        finally:
            os.remove("evcxr.toml")


if __name__ == "__main__":
    unittest.main(verbosity=2)
