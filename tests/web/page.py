"""The live page in headless Chromium, with a fake microphone that speaks a sample clip.

python page.py INTONE BUNDLE SCREENSHOTS: starts the real binary with a bundle, does what a visitor does, and looks for errors of the
console, breaches of the content policy, and widths that a phone cannot show. Screenshots land in the folder.
"""

import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "kernel" / "tests"))
from lab import CHROMIUM, Page, eventually, free_port  # noqa: E402

HEARD = ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"]
DESK, PHONE = (1280, 1500), (390, 844)
NAMES = """[...document.querySelectorAll('button, input:not([hidden]), meter, canvas, summary, [role=group]')]
  .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim())).map(e => e.outerHTML)"""
DOUBLE_IDS = "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)"


class Visitor(Page):
    """A page that remembers what the browser complained about."""

    def __init__(self, port):
        super().__init__(port)
        self.events = []
        for domain in ["Page", "Runtime", "Log", "DOM"]:
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") in HEARD:
                self.events.append(answer)
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]

    def complaints(self):
        """What was said since the last time, above the level of a note."""
        self.evaluate("1")
        said, self.events = self.events, []
        return [json.dumps(event["params"])[:600] for event in said
                if event["method"] != "Runtime.consoleAPICalled" or event["params"]["type"] in ("error", "warning", "assert")]

    def see(self, expression, what, seconds=30):
        try:
            return eventually(lambda: self.evaluate(f"document.body && ({expression})"), seconds, what)
        except TimeoutError:
            raise TimeoutError(f"not seen: {what}; the page says {self.evaluate('document.body.innerText')[:1500]} {self.complaints()}") from None

    def click(self, selector):
        # As a person does: some things a browser allows only after a gesture.
        self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)}).click()", userGesture=True)

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")

    def screen(self, size, dark=False, still=False):
        width, height = size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        features = [("prefers-color-scheme", "dark" if dark else "light"), ("prefers-reduced-motion", "reduce" if still else "no-preference")]
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in features])
        time.sleep(0.4)

    def shoot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def upload(self, *paths):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector="#files")["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(path) for path in paths], nodeId=node)


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def talk(path, recordings, silence_s=2.0):
    """One recording after the other, with silence between them: what the fake microphone hears, over and over."""
    with wave.open(str(path), "wb") as out:
        for at, recording in enumerate(recordings):
            with wave.open(str(recording)) as sound:
                if at == 0:
                    out.setparams(sound.getparams())
                out.writeframes(sound.readframes(sound.getnframes()) + bytes(2 * int(silence_s * sound.getframerate())))


class Server:
    def __init__(self, intone, bundle):
        self.process = subprocess.Popen([intone, "serve", "--model", bundle, "--addr", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.base = re.search(r"http://[\d.:]+", self.process.stdout.readline())[0]

    def read(self, path):
        with urllib.request.urlopen(self.base + path, timeout=20) as answer:
            return answer.read()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=20)


def browser(profile, *flags):
    port = free_port()
    command = [*CHROMIUM, "--headless=new", f"--user-data-dir={profile}", f"--remote-debugging-port={port}", *flags, "about:blank"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), port


def opens(page, server):
    page.call("Page.navigate", url=server.base + "/")
    page.see("document.querySelectorAll('.chip').length > 1 && !document.querySelector('#listen').disabled", "the page opens")


def first_look(page, server, shots):
    page.screen(DESK)
    opens(page, server)
    page.shoot(shots / "first.png")
    check(page.evaluate(NAMES) == [] and page.evaluate(DOUBLE_IDS) == [], "all that can be used has a name, and ids are unique")
    check("lie detector" in page.text("#limits"), "the limits stand on the page")
    foreign = page.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin))")
    check(foreign == [], f"nothing is loaded from elsewhere: {foreign}")


def samples_and_uploads(page, folder, shots):
    page.click(".chip:nth-of-type(4)")
    page.see("document.querySelectorAll('.card canvas').length === 1", "a sample is judged and drawn")
    broken = folder / "broken.wav"
    broken.write_bytes(b"RIFF\x10\x00\x00\x00WAVE" + b"not a recording" * 9)
    page.upload(folder / "one.wav", folder / "two.wav", broken)
    page.see("document.querySelectorAll('.card').length === 4 && !document.querySelector('#clips-state').textContent.includes('to go')", "three files more")
    check(page.evaluate("document.querySelectorAll('.card.failed').length") == 1, "the broken file is told")
    check("broken.wav" in page.text(".card.failed h3") and len(page.text(".card.failed p")) > 20, "in words")
    sums = page.evaluate("[...document.querySelectorAll('.card .bars')].map(bars => [...bars.querySelectorAll('.figure')].reduce((sum, f) => sum + parseInt(f.textContent), 0))")
    check(len(sums) == 3 and all(94 <= total <= 106 for total in sums), f"all probabilities show: {sums}")
    page.click(".card .player button")
    page.see("Number(document.querySelector('.card .player input').value) > 0.2", "playing moves the cursor")
    page.click(".card .player button")
    page.evaluate("document.querySelector('#clips').scrollIntoView()")
    for name, size, dark in [("upload", DESK, False), ("upload-dark", DESK, True), ("upload-phone", PHONE, False)]:
        page.screen(size, dark)
        page.evaluate("document.querySelector('.card:not(.failed)').scrollIntoView()")
        page.shoot(shots / f"{name}.png")


def dropped(page):
    """A drop, as the browser makes one."""
    page.screen(DESK)
    page.click("#clips-clear")
    page.evaluate("""(async () => {
      const bytes = await (await fetch(document.querySelector('.chip') && '/api/v1/samples').then(r => r.json()).then(all => fetch(all[0].url))).blob();
      const data = new DataTransfer(); data.items.add(new File([bytes], 'dropped.wav', {type: 'audio/wav'}));
      dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true})); })()""")
    page.see("document.querySelector('.card h3')?.textContent === 'dropped.wav' && !!document.querySelector('.card canvas')", "a drop is judged")


def saved(folder, suffix):
    return eventually(lambda: [path for path in folder.iterdir() if path.suffix == suffix], 20, f"no {suffix} was saved")[0]


def downloads(page, folder):
    page.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    page.click("#clips-json")
    content = json.loads(saved(folder, ".json").read_text())
    check(content["predictions"][0]["clip"] == "dropped.wav", "the JSON holds the result")
    page.click("#clips-csv")
    check(saved(folder, ".csv").read_text().startswith("clip,predicted,confidence,p_"), "the CSV has predict's columns")
    for path in folder.iterdir():
        path.unlink()


def live(page, folder, shots):
    page.click("#listen")
    page.see("[...document.querySelectorAll('#live-bars .figure')].some(f => f.textContent.includes('%'))", "a live prediction")
    page.see("document.querySelector('#latency').textContent.includes('Server:')", "the time it took")
    page.see("document.querySelector('#live-verdict').textContent === 'no speech'", "silence is told")
    page.evaluate("document.querySelector('#live').scrollIntoView()")
    time.sleep(15)
    for name, size, dark in [("live", DESK, False), ("live-dark", DESK, True), ("live-phone", PHONE, True)]:
        page.screen(size, dark)
        page.evaluate("document.querySelector('#live').scrollIntoView()")
        page.see("[...document.querySelectorAll('#live-bars .figure')].some(f => f.textContent.includes('%'))", "speech again")
        page.shoot(shots / f"{name}.png")
    page.screen(DESK)
    page.click("#pause")
    time.sleep(1)
    before = page.text("#live-state")
    check("Paused" in before, before)
    time.sleep(1)
    check(page.text("#live-state") == before, "nothing comes while paused")
    page.click("#pause")
    page.see(f"document.querySelector('#live-state').textContent.startsWith('Listening') && document.querySelector('#live-state').textContent.slice(-6) !== {json.dumps(before[-6:])}", "it goes on")
    for kind in ["json", "csv", "wav"]:
        page.click(f"#live-{kind}")
        saved(folder, f".{kind}")
    content = json.loads(saved(folder, ".json").read_text())
    check(any(row.get("smoothed") for row in content["predictions"]), "the session's predictions are saved")
    with wave.open(str(saved(folder, ".wav"))) as sound:
        check((sound.getnchannels(), sound.getframerate()) == (1, content["sample_rate"]) and sound.getnframes() > 5 * content["sample_rate"], "its sound too")
    page.click("#clear")
    page.see("Number(document.querySelector('#live-state').textContent.split(' · 0:')[1]) < 3", "the clock begins anew")


def narrow(page):
    for width in [320, 360, 390]:
        page.screen((width, 844), still=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        check(wide <= width, f"{wide} px of content on a phone of {width}")


def without_microphone(server, folder, shots):
    process, port = browser(folder / "refusing", "--use-fake-device-for-media-stream", "--deny-permission-prompts")
    try:
        page = Visitor(port)
        opens(page, server)
        page.click("#listen")
        page.see("!document.querySelector('#problem').hidden && document.querySelector('#problem').textContent.includes('Allow it')", "the refusal is told")
        check(page.evaluate("document.querySelector('#live').hidden"), "and no empty session shows")
        page.shoot(shots / "no-microphone.png")
    finally:
        process.terminate()
        process.wait()


def main():
    intone, bundle, shots = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    shots.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp())
    server = Server(intone, bundle)
    processes = []
    try:
        samples = json.loads(server.read("/api/v1/samples"))
        for sample in samples:
            (folder / f"{sample['name']}.wav").write_bytes(server.read(sample["url"]))
        talk(folder / "spoken.wav", [folder / f"{sample['name']}.wav" for sample in samples])
        (folder / samples[1]["name"]).with_suffix(".wav").rename(folder / "one.wav")
        (folder / samples[2]["name"]).with_suffix(".wav").rename(folder / "two.wav")
        (folder / "saved").mkdir()
        process, port = browser(folder / "profile", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                                f"--use-file-for-fake-audio-capture={folder / 'spoken.wav'}", "--autoplay-policy=no-user-gesture-required")
        processes.append(process)
        page = Visitor(port)
        first_look(page, server, shots)
        samples_and_uploads(page, folder, shots)
        dropped(page)
        downloads(page, folder / "saved")
        live(page, folder / "saved", shots)
        narrow(page)
        # The one answer that is no success is the broken file's; browsers write those into the console.
        said = [line for line in page.complaints() if "/api/v1/predict" not in line]
        check(said == [], f"the console is silent: {said}")
        without_microphone(server, folder, shots)
        check(server.stop() == 0, "the server ends cleanly under a live session")
        page.see("!document.querySelector('#problem').hidden && document.querySelector('#listen b').textContent === 'Listen'", "that the server is gone is told")
        page.upload(folder / "one.wav")
        page.see("[...document.querySelectorAll('.card.failed p')].some(p => p.textContent.includes('does not answer'))", "an upload to nobody too")
        page.screen(DESK)
        page.shoot(shots / "gone.png")
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        server.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"the live page does what it says in Chromium; see {shots}")


if __name__ == "__main__":
    main()
