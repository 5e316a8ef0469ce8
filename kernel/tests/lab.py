"""JupyterLab in headless Chromium: opens a notebook, runs all of it, sees what it shows.

python lab.py NOTEBOOK SCREENSHOT.png [SELECTOR ...]: each selector must match something in the outputs when all cells have run.
"""

import base64
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,1600",
]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def eventually(attempt, seconds, what):
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = attempt()
            if found:
                return found
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.3)


class Page:
    """A page of Chromium, over its debugging protocol."""

    def __init__(self, port):
        def find():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                return [page for page in json.load(answer) if page["type"] == "page"]

        address = eventually(find, 60, "Chromium does not start")[0]["webSocketDebuggerUrl"]
        self.socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self.count = 0

    def call(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")


def run_all(page, address, selectors, screenshot):
    page.call("Page.enable")
    page.call("Page.navigate", url=address)
    eventually(lambda: page.evaluate("!!(window.jupyterapp && document.querySelector('.jp-NotebookPanel .jp-CodeCell'))"), 120, "no notebook")
    idle = "(document.querySelector('.jp-NotebookPanel .jp-Notebook-ExecutionIndicator') || {dataset: {}}).dataset.status === 'idle'"
    eventually(lambda: page.evaluate(idle), 120, "the kernel does not answer")
    prompts = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent)"

    def started():
        # A notebook that is not yet at home with its kernel forgets the command.
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells'), true")
        time.sleep(2)
        return any(prompt.strip("[]: ") for prompt in page.evaluate(prompts))

    eventually(started, 120, "the cells do not start")
    eventually(lambda: all(prompt.strip("[]: ").isdigit() for prompt in page.evaluate(prompts)), 300, "not all cells have run")
    time.sleep(1)
    picture = page.call("Page.captureScreenshot", format="png")["data"]
    pathlib.Path(screenshot).write_bytes(base64.b64decode(picture))
    errors = page.evaluate("[...document.querySelectorAll('.jp-RenderedText[data-mime-type*=error]')].map(e => e.textContent)")
    missing = [selector for selector in selectors if not page.evaluate(f"!!document.querySelector({json.dumps(selector)})")]
    return errors, missing


def without_outputs(notebook, folder):
    """A copy in which no cell has run, so that what is seen afterwards was made now."""
    content = json.loads(pathlib.Path(notebook).read_text())
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    pathlib.Path(folder, pathlib.Path(notebook).name).write_text(json.dumps(content))


def main():
    notebook, screenshot, *selectors = sys.argv[1:]
    folder, profile = tempfile.mkdtemp(), tempfile.mkdtemp()
    without_outputs(notebook, folder)
    server_port, chromium_port = free_port(), free_port()
    lab = [
        sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={server_port}", "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--ServerApp.root_dir={folder}",
    ]
    log = open(pathlib.Path(folder, "lab.log"), "w+")
    server = subprocess.Popen(lab, stdout=log, stderr=log)
    browser = subprocess.Popen([*CHROMIUM, f"--user-data-dir={profile}", f"--remote-debugging-port={chromium_port}", "about:blank"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{server_port}"
    try:
        eventually(lambda: urllib.request.urlopen(f"{base}/api/status", timeout=5).status == 200, 120, "JupyterLab does not start")
        errors, missing = run_all(Page(chromium_port), f"{base}/lab/tree/{pathlib.Path(notebook).name}", selectors, screenshot)
    except Exception:
        log.seek(0)
        sys.stderr.write(log.read()[-4000:])
        raise
    finally:
        try:
            urllib.request.urlopen(urllib.request.Request(f"{base}/api/shutdown", method="POST"), timeout=20)
            server.wait(timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            server.kill()
        browser.kill()
        server.wait()
        browser.wait()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(profile, ignore_errors=True)
    if errors or missing:
        sys.exit(f"errors: {errors}; not shown: {missing}")
    print(f"JupyterLab ran {notebook} whole; see {screenshot}")


if __name__ == "__main__":
    main()
