"""A Jupyter client for the tests: executes cells, and gives what came of them in order."""

import os
import pathlib
import queue
import time

from jupyter_client.manager import KernelManager


class Cell:
    """What came of a cell."""

    def __init__(self, reply, outputs):
        self.reply = reply
        self.content = reply["content"]
        self.status = self.content["status"]
        self.outputs = outputs

    def text(self, name):
        return "".join(o["content"]["text"] for o in self.outputs if o["msg_type"] == "stream" and o["content"]["name"] == name)

    def of(self, kind):
        return [o["content"] for o in self.outputs if o["msg_type"] == kind]

    def kinds(self):
        return [o["msg_type"] for o in self.outputs]

    @property
    def traceback(self):
        return "\n".join(self.content.get("traceback", []))


class Kernel:
    """A kernel of its own."""

    def __init__(self):
        self.manager = KernelManager(kernel_name="intone")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel()

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def send(self, code, **options):
        return self.client.execute(code, **options)

    def result(self, message, timeout=120, answer=None):
        """Waits for a cell's reply and for its last output."""
        outputs, deadline, reply, idle = [], time.monotonic() + timeout, None, False
        while reply is None or not idle:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no end of the cell; so far {outputs}")
            try:
                output = self.client.get_iopub_msg(timeout=0.05)
                if output["parent_header"].get("msg_id") == message:
                    if output["msg_type"] == "status":
                        idle |= output["content"]["execution_state"] == "idle"
                    elif output["msg_type"] != "execute_input":
                        outputs.append(output)
            except queue.Empty:
                pass
            if answer is not None:
                try:
                    self.client.get_stdin_msg(timeout=0)
                    self.client.input(answer)
                except queue.Empty:
                    pass
            if reply is None:
                try:
                    candidate = self.client.get_shell_msg(timeout=0)
                    reply = candidate if candidate["parent_header"].get("msg_id") == message else None
                except queue.Empty:
                    pass
        return Cell(reply, outputs)

    def run(self, code, timeout=120, answer=None, **options):
        return self.result(self.send(code, **options), timeout, answer)


def children(pid):
    """Processes that a process started."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(stat.parent.name))
        except (OSError, IndexError):
            pass
    return found


def environment(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def evaluation(kernel):
    """The process that evaluates the kernel's cells."""
    return next(pid for pid in children(kernel.pid) if "EVCXR_IS_RUNTIME=1" in environment(pid))


def sessions():
    """Folders of sessions that are there now."""
    folder = pathlib.Path(os.environ["INTONE_KERNEL_CACHE"]) / "sessions"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
