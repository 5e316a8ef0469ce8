"""The conformance tests of jupyter_kernel_test, all of them, against the installed kernel."""

import unittest

import jupyter_kernel_test as jkt


class IntoneKernel(jkt.KernelTests):
    kernel_name = "intone"
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("test");'
    completion_samples = [{"text": "let clip: Square = Square(1.0); clip.ar", "matches": {"area()"}}]
    complete_code_samples = ["1 + 1", "fn f() {}", 'println!("a");', "let x: i32 = 1;"]
    incomplete_code_samples = ["fn f() {", "let x = (1,", '"abc']
    invalid_code_samples = ["import numpy", "fn f(}"]
    code_page_something = "?Square"
    code_generate_error = 'panic!("as it should");'
    code_execute_result = [{"code": "1 + 2", "result": "3"}, {"code": '"a"', "result": '"a"'}]
    code_display_data = [{"code": "Square(9.0).evcxr_display();", "mime": "image/svg+xml"}]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Square"
    code_clear_output = "clear(false);"


if __name__ == "__main__":
    unittest.main()
