// The last 30 seconds of a session: a scrolling spectrogram, and under it the shares of the emotions.

import { heat, hue, ink } from "./colours.js";
import { surface } from "./dom.js";
import { Mel, paint } from "./mel.js";
import { NOT_SURE } from "./words.js";

const SPAN_S = 30;
const COLUMN_S = 0.02;
const COLUMNS = SPAN_S / COLUMN_S;

export class Timeline {
  constructor(canvas, labels) {
    Object.assign(this, { canvas, labels, strip: document.createElement("canvas") });
    this.begin(16_000);
  }

  /** Forgets all; sound comes at `rate` from now on. */
  begin(rate) {
    this.rate = rate;
    this.mel = new Mel(rate, 48, rate > 24_000 ? 1024 : 512);
    this.tail = new Float32Array(this.mel.size);
    this.pending = [];
    this.samples = 0;
    this.made = 0;
    this.rows = [];
    this.columns = [];
    Object.assign(this.strip, { width: COLUMNS, height: this.mel.bands });
    this.restyle();
  }

  /** Takes the colours of the style sheet as they are now, and draws all with them. */
  restyle() {
    this.heat = heat();
    this.inks = Object.fromEntries(["sans", "paper", "ink", "muted"].map((name) => [name, ink(name)]));
    this.shades = this.labels.map((label) => ink(hue(label, this.labels)));
    this.columns.forEach((column, at) => this.#put(column, this.made - this.columns.length + at));
    this.draw();
  }

  /** Takes sound. */
  hear(chunk) {
    for (const sample of chunk) this.pending.push(sample / 32768);
    this.samples += chunk.length;
    const hop = Math.round(COLUMN_S * this.rate);
    while (this.pending.length >= hop) {
      const { tail } = this;
      tail.copyWithin(0, hop);
      tail.set(this.pending.splice(0, hop), tail.length - hop);
      const column = this.mel.column(tail, tail.length / 2);
      this.#put(column, this.made);
      this.columns.push(column);
      this.made += 1;
    }
    if (this.columns.length > COLUMNS) this.columns.splice(0, this.columns.length - COLUMNS);
  }

  /** Takes a prediction. */
  add(prediction) {
    this.rows.push(prediction);
    while (this.rows[0].time_s < prediction.time_s - SPAN_S - 1) this.rows.shift();
  }

  draw() {
    const { context, width, height } = surface(this.canvas);
    if (width === 0) return;
    const now = this.samples / this.rate;
    const x = (time) => width - ((now - time) / SPAN_S) * width;
    const split = height * 0.52;
    this.#spectrogram(context, width, split);
    this.#shares(context, x, split + 6, height - split - 28);
    this.#axis(context, width, height);
  }

  /** Paints a column into the strip, which begins anew at its left when it is full. */
  #put(column, number) {
    const image = new ImageData(1, column.length);
    paint(column, image.data, 1, 0, this.heat);
    this.strip.getContext("2d").putImageData(image, number % COLUMNS, 0);
  }

  #spectrogram(context, width, height) {
    const { strip, made } = this;
    const count = Math.min(made, COLUMNS);
    const wide = width / COLUMNS;
    // The newest part of the strip is before `turn`, the older behind it.
    const turn = made % COLUMNS;
    const newer = Math.min(turn, count);
    const older = count - newer;
    if (older > 0) context.drawImage(strip, COLUMNS - older, 0, older, strip.height, width - count * wide, 0, older * wide, height);
    if (newer > 0) context.drawImage(strip, turn - newer, 0, newer, strip.height, width - newer * wide, 0, newer * wide, height);
  }

  /** Shares stacked in the order of the labels, a column a prediction; an emotion that leads for long is named in words. */
  #shares(context, x, top, height) {
    let before = 0;
    const runs = [];
    for (const { time_s: time, smoothed, predicted, confidence } of this.rows) {
      const from = Math.max(before, time - 0.6);
      before = time;
      if (!smoothed) continue;
      let y = top;
      this.labels.forEach((label, at) => {
        const part = (smoothed[label] || 0) * height;
        context.fillStyle = this.shades[at];
        context.fillRect(x(from), y, x(time) - x(from) + 0.6, part);
        y += part;
      });
      const last = runs.at(-1);
      if (confidence < NOT_SURE) continue;
      if (last && last.label === predicted && from - last.to < 0.01) last.to = time;
      else runs.push({ label: predicted, from, to: time });
    }
    context.font = `600 12px ${this.inks.sans}`;
    context.textBaseline = "middle";
    for (const { label, from, to } of runs) {
      const wide = context.measureText(label).width + 12;
      const left = Math.max(0, x(from));
      if (x(to) - left < wide) continue;
      context.fillStyle = this.inks.paper;
      context.beginPath();
      context.roundRect((left + x(to) - wide) / 2, top + height / 2 - 10, wide, 20, 6);
      context.fill();
      context.fillStyle = this.inks.ink;
      context.fillText(label, (left + x(to) - wide) / 2 + 6, top + height / 2 + 1);
    }
  }

  #axis(context, width, height) {
    context.font = `12px ${this.inks.sans}`;
    context.fillStyle = this.inks.muted;
    context.textBaseline = "alphabetic";
    for (const ago of [30, 20, 10, 0]) {
      context.textAlign = ago === 30 ? "left" : ago === 0 ? "right" : "center";
      const words = ago === 0 ? "now" : `${ago} s ago`;
      context.fillText(words, Math.max(6, Math.min(width - 6, width - (ago / SPAN_S) * width)), height - 6);
    }
    context.textAlign = "left";
  }
}
