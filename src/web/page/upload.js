// Recordings in, cards out.

import * as api from "./api.js";
import { Bars, verdict } from "./bars.js";
import { onTheme } from "./colours.js";
import { byId, make } from "./dom.js";
import { Picture } from "./picture.js";
import { saveCsv, saveJson, stamp } from "./save.js";
import { decode, hush, Player } from "./sound.js";
import { clock } from "./words.js";

export class Uploads {
  constructor(labels, limits) {
    Object.assign(this, { labels, limits, results: [], failed: [], pictures: new Set(), waiting: 0, generation: 0, queue: Promise.resolve() });
    const redraw = () => this.pictures.forEach((redrawOne) => redrawOne());
    onTheme(redraw);
    new ResizeObserver(redraw).observe(byId("cards"));
    byId("clips-json").onclick = () => saveJson(`intone-${stamp()}.json`, { predictions: this.results, left_out: this.failed });
    byId("clips-csv").onclick = () => saveCsv(`intone-${stamp()}.csv`, this.#table());
    byId("clips-clear").onclick = () => this.#clear();
  }

  /** Judges files one after the other; each gets its card as soon as it is judged. */
  add(files) {
    byId("clips").hidden = false;
    this.waiting += files.length;
    this.#state();
    const generation = this.generation;
    for (const file of files) {
      this.queue = this.queue.then(async () => {
        if (generation === this.generation) await this.#one(file, generation);
      });
    }
    return this.queue;
  }

  async #one(file, generation) {
    const tooLarge = file.size > this.limits.body_bytes - 4096;
    try {
      if (tooLarge) throw new Error(`It is larger than ${Math.round(this.limits.body_bytes / 2 ** 20)} MiB. Cut out the part that you want judged.`);
      const [result, buffer] = await Promise.all([api.predict(file), decode(file)]);
      if (generation !== this.generation) return;
      this.results.push(result);
      this.#card(result, buffer);
    } catch (error) {
      if (generation !== this.generation) return;
      this.failed.push({ clip: file.name, message: error.message });
      byId("cards").prepend(make("article", { class: "card failed" }, make("h3", {}, file.name), make("p", {}, error.message)));
    }
    this.waiting -= 1;
    this.#state();
  }

  #card(result, buffer) {
    const { head, line, style } = verdict(result.probabilities, this.labels);
    const bars = new Bars(this.labels);
    bars.show(result.probabilities);
    const said = make("div", { class: "verdict-box" }, make("p", { class: `verdict ${style}` }, head), make("p", { class: "second" }, line));
    const facts = make("p", { class: "state figure" }, `${result.duration_s.toFixed(1)} s · judged in ${Math.max(1, Math.round(result.server_ms))} ms`);
    const card = make(
      "article",
      { class: "card" },
      make("div", { class: "title-row" }, make("h3", {}, result.clip), facts),
      make("div", { class: "now" }, said, bars.element),
    );
    byId("cards").prepend(card);
    if (buffer) this.#pictured(card, result, buffer);
    else card.append(make("p", { class: "caption" }, "This browser cannot decode the recording, so there is no picture and no playback; the server could."));
  }

  #pictured(card, result, buffer) {
    const canvas = make("canvas", { class: "picture", role: "img", "aria-label": `Waveform and mel spectrogram of ${result.clip}` });
    const play = make("button", { type: "button", class: "small", "aria-label": `Play ${result.clip}` }, "Play");
    const slider = make("input", { type: "range", min: "0", max: String(buffer.duration), step: "0.01", value: "0", "aria-label": `Position in ${result.clip}` });
    const time = make("span", { class: "figure" }, `${clock(0)} / ${clock(buffer.duration)}`);
    const attention = result.attention && { start: result.heard_start_s || 0, step: result.attention.step_s, weights: result.attention.weights };
    const key = attention ? "Yellow under the wave: where the model looked. Below: mel spectrogram, 0 to 8 kHz." : "Below the wave: mel spectrogram, 0 to 8 kHz.";
    card.append(canvas, make("div", { class: "player" }, play, slider, time), make("p", { class: "caption" }, key));
    const picture = new Picture(canvas, buffer.getChannelData(0), buffer.sampleRate, attention);
    const player = new Player(buffer, (at, isPlaying) => {
      slider.value = String(at);
      slider.setAttribute("aria-valuetext", `${at.toFixed(1)} seconds`);
      time.textContent = `${clock(at)} / ${clock(buffer.duration)}`;
      play.textContent = isPlaying ? "Pause" : "Play";
      play.setAttribute("aria-label", `${isPlaying ? "Pause" : "Play"} ${result.clip}`);
      picture.cursor(at);
    });
    play.onclick = () => (player.isPlaying ? player.pause() : player.play());
    slider.oninput = () => player.seek(Number(slider.value));
    canvas.onclick = (event) => player.seek((event.offsetX / canvas.clientWidth) * buffer.duration);
    picture.draw();
    this.pictures.add(() => picture.draw(player.at));
  }

  #state() {
    const [done, failed] = [this.results.length, this.failed.length];
    const parts = [this.waiting && `${this.waiting} to go`, done && `${done} judged`, failed && `${failed} could not be used`];
    byId("clips-state").textContent = parts.filter(Boolean).join(", ");
    for (const id of ["clips-json", "clips-csv"]) byId(id).disabled = done === 0;
  }

  /** The columns of `intone predict --format csv`. */
  #table() {
    const rows = this.results.map(({ clip, predicted, confidence, probabilities }) => [clip, predicted, confidence, ...this.labels.map((label) => probabilities[label])]);
    return [["clip", "predicted", "confidence", ...this.labels.map((label) => `p_${label}`)], ...rows];
  }

  #clear() {
    hush();
    this.generation += 1;
    this.waiting = 0;
    this.results = [];
    this.failed = [];
    this.pictures.clear();
    byId("cards").replaceChildren();
    byId("clips").hidden = true;
    byId("choose").focus();
  }
}
