// The live session: microphone to socket, answers to the screen.

import { liveAddress } from "./api.js";
import { Bars, verdict } from "./bars.js";
import { onTheme } from "./colours.js";
import { announce, byId, problem } from "./dom.js";
import * as microphone from "./microphone.js";
import { saveCsv, saveJson, saveWav, stamp } from "./save.js";
import { hush } from "./sound.js";
import { Timeline } from "./timeline.js";
import { clock, GONE, microphone as refused, NOT_OPENED, told } from "./words.js";

/** Sound kept for saving, at most. */
const KEPT_S = 1800;
/** What is unsent may wait this long before the session counts as broken. */
const UNSENT_S = 5;
const ANNOUNCE_MS = 4000;
/** Whoever asks for less motion sees the timeline move with the predictions only. */
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Live {
  constructor({ labels, card }) {
    Object.assign(this, { labels, card, phase: "off", attempt: 0, paused: false });
    this.bars = new Bars(labels);
    byId("live-bars").append(this.bars.element);
    this.timeline = new Timeline(byId("live-picture"), labels);
    onTheme(() => this.timeline.restyle());
    new ResizeObserver(() => this.timeline.draw()).observe(byId("live-picture"));
    byId("pause").onclick = () => this.#pause();
    byId("clear").onclick = () => this.#clear();
    byId("stop").onclick = () => {
      this.stop();
      byId("listen").focus();
    };
    byId("live-json").onclick = () => saveJson(`intone-live-${stamp()}.json`, this.#record());
    byId("live-csv").onclick = () => saveCsv(`intone-live-${stamp()}.csv`, this.#table());
    byId("live-wav").onclick = () => saveWav(`intone-live-${stamp()}.wav`, this.rate, this.sound);
    this.#forget();
  }

  /** Opens microphone and socket. */
  async start() {
    if (this.phase !== "off") return this.stop();
    problem("");
    hush();
    this.#phase("opening");
    // Whoever stops while the browser still asks for the microphone has given up this attempt.
    this.attempt += 1;
    const { attempt } = this;
    const given = () => attempt === this.attempt && this.phase === "opening";
    byId("live").hidden = false;
    this.timeline.draw();
    let source;
    try {
      source = await microphone.open(
        (chunk) => this.#hear(chunk),
        () => this.#fail("The microphone was taken away. Plug it in, then press Listen again."),
      );
    } catch (error) {
      if (!given()) return undefined;
      this.#phase("off");
      byId("live").hidden = true;
      problem(refused(error));
      return undefined;
    }
    if (!given()) return source.close();
    this.source = source;
    this.rate = source.rate;
    this.#forget();
    this.#connect();
    return undefined;
  }

  /** Ends the session; what it heard stays on the screen to be saved. */
  stop() {
    if (this.phase === "off") return;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "end" }));
    this.#close();
  }

  #connect() {
    const socket = new WebSocket(liveAddress());
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ type: "config", sample_rate: this.rate, encoding: "s16le" }));
    socket.onmessage = ({ data }) => this.socket === socket && this.#answer(JSON.parse(data));
    socket.onclose = () => this.socket === socket && this.#fail(this.phase === "opening" ? NOT_OPENED : GONE);
  }

  #hear(chunk) {
    if (this.phase !== "on" || this.paused) return;
    if (this.socket.bufferedAmount > UNSENT_S * this.rate * 2) {
      this.#fail("The connection is too slow for live sound. Move closer to the server, or upload a recording.");
      return;
    }
    this.socket.send(chunk);
    this.sent += chunk.length;
    this.times.push([this.sent, performance.now()]);
    this.timeline.hear(chunk);
    if (!STILL.matches) this.timeline.draw();
    this.sound.push(chunk);
    this.kept += chunk.length;
    while (this.kept > KEPT_S * this.rate) this.kept -= this.sound.shift().length;
  }

  #answer(message) {
    if (message.type === "ready") {
      this.#phase("on");
      this.#status("Listening");
    } else if (message.type === "cleared") {
      this.clearing -= 1;
    } else if (message.type === "error") {
      if (message.fatal) this.#fail(told(message));
      else problem(told(message));
    } else if (message.type === "prediction" && this.clearing === 0) {
      this.#prediction(message);
    }
  }

  #prediction(prediction) {
    let sentAt = null;
    while (this.times.length && this.times[0][0] <= prediction.samples) sentAt = this.times.shift()[1];
    const entry = { ...prediction, wall_ms: sentAt === null ? null : performance.now() - sentAt };
    delete entry.type;
    this.predictions.push(entry);
    this.timeline.add(prediction);
    this.timeline.draw();
    byId("level").value = prediction.level_db;
    byId("level-value").textContent = `${Math.round(prediction.level_db)} dB`;
    this.#show(prediction);
    this.#latency();
    if (!this.paused) this.#status("Listening");
  }

  #show({ speech, smoothed, time_s: time }) {
    const box = byId("live-verdict");
    if (!smoothed) {
      box.className = "verdict";
      box.textContent = speech ? "listening…" : "no speech";
      byId("live-second").textContent = speech ? "" : "Speak a sentence or two.";
      this.bars.show(null);
      return;
    }
    const { sure, head, line, style } = verdict(smoothed, this.labels);
    box.className = `verdict ${style}`;
    box.textContent = head;
    byId("live-second").textContent = line;
    this.bars.show(smoothed);
    const now = performance.now();
    const word = sure ? head : "not sure";
    const emotion = word.split(" ")[0];
    if (emotion !== this.announced && now - this.announcedAt > ANNOUNCE_MS) {
      this.announced = emotion;
      this.announcedAt = now;
      announce(`${word}, at ${Math.round(time)} seconds`);
    }
  }

  #latency() {
    // What the gate kept from the model was answered at once, and would flatter.
    const recent = this.predictions.filter((entry) => entry.smoothed).slice(-100);
    if (recent.length === 0) return;
    const high = (name) => {
      const sorted = recent.map((entry) => entry[name]).filter((value) => value !== null).sort((a, b) => a - b);
      return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] : 0;
    };
    const last = recent.at(-1);
    const wall = last.wall_ms === null ? "" : ` Last sample sent to answer: ${Math.round(last.wall_ms)} ms.`;
    byId("latency").textContent = `Server: ${last.server_ms.toFixed(1)} ms (99 % under ${Math.ceil(high("server_ms"))} ms).${wall}`;
  }

  #pause() {
    if (this.phase !== "on") return;
    this.paused = !this.paused;
    byId("pause").textContent = this.paused ? "Resume" : "Pause";
    this.#status(this.paused ? "Paused: nothing is sent" : "Listening");
    announce(this.paused ? "Paused" : "Listening");
  }

  #clear() {
    this.#forget();
    if (this.phase === "on") {
      this.clearing += 1;
      this.socket.send(JSON.stringify({ type: "clear" }));
      this.#status(this.paused ? "Paused: nothing is sent" : "Listening");
    } else {
      byId("live").hidden = true;
      byId("listen").focus();
    }
    announce("Cleared");
  }

  #forget() {
    Object.assign(this, { predictions: [], sound: [], kept: 0, sent: 0, times: [], announced: null, announcedAt: 0, clearing: this.clearing || 0, started: new Date() });
    this.timeline.begin(this.rate || 16_000);
    this.bars.show(null);
    byId("live-verdict").className = "verdict";
    byId("live-verdict").textContent = "…";
    byId("live-second").textContent = "";
    byId("level-value").textContent = "";
    byId("level").value = -60;
    byId("latency").textContent = "";
  }

  #fail(words) {
    if (this.phase === "off") return;
    this.#close();
    problem(words);
  }

  #close() {
    const { socket, source } = this;
    Object.assign(this, { socket: null, source: null, clearing: 0, paused: false });
    byId("pause").textContent = "Pause";
    source?.close();
    this.#phase("off");
    this.#status(this.predictions.length ? "Stopped" : "");
    // What the server still says is read, so that it may close the socket itself.
    setTimeout(() => socket?.close(), 1000);
  }

  #phase(phase) {
    this.phase = phase;
    const isOn = phase !== "off";
    byId("listen").querySelector("b").textContent = isOn ? "Stop" : "Listen";
    byId("listen").querySelector("span").textContent = isOn ? "The microphone is on" : "Your microphone, live";
    byId("pause").disabled = phase !== "on";
    byId("stop").disabled = !isOn;
    if (phase === "opening") this.#status("Waiting for the microphone; allow it if the browser asks");
  }

  #status(words) {
    const seconds = this.predictions.at(-1)?.time_s;
    byId("live-state").textContent = seconds ? `${words} · ${clock(seconds)}` : words;
  }

  #record() {
    return { started: this.started.toISOString(), model: this.card, labels: this.labels, sample_rate: this.rate, predictions: this.predictions };
  }

  #table() {
    const head = ["time_s", "speech", "level_db", "predicted", "confidence", "server_ms", ...this.labels.map((label) => `p_${label}`), ...this.labels.map((label) => `smoothed_${label}`)];
    const row = ({ time_s: time, speech, level_db: level, predicted, confidence, server_ms: server, probabilities = {}, smoothed = {} }) => [
      time, speech, level, predicted, confidence, server, ...this.labels.map((label) => probabilities[label]), ...this.labels.map((label) => smoothed[label]),
    ];
    return [head, ...this.predictions.map(row)];
  }
}
