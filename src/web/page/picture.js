// A recording drawn: waveform with the model's attention under it, mel spectrogram, and a cursor.

import { heat, ink } from "./colours.js";
import { surface } from "./dom.js";
import { Mel, paint } from "./mel.js";

const COLUMNS = 900;

export class Picture {
  /** @param samples mono, `rate` a second  @param attention {start, step, weights} or null */
  constructor(canvas, samples, rate, attention) {
    Object.assign(this, { canvas, samples, duration: samples.length / rate, attention });
    const hop = Math.max(rate / 100, samples.length / COLUMNS);
    const mel = new Mel(rate);
    this.columns = Array.from({ length: Math.max(1, Math.ceil(samples.length / hop)) }, (_, i) => mel.column(samples, Math.round((i + 0.5) * hop)));
    this.still = document.createElement("canvas");
  }

  /** Draws all, after a change of size or theme. */
  draw(at = 0) {
    const { context, width, height } = surface(this.canvas);
    const waveHeight = height * 0.46;
    this.#attention(context, width, waveHeight);
    this.#wave(context, width, waveHeight);
    this.#spectrogram(context, width, waveHeight + 6, height - waveHeight - 6);
    Object.assign(this.still, { width: this.canvas.width, height: this.canvas.height });
    this.still.getContext("2d").drawImage(this.canvas, 0, 0);
    this.cursor(at);
  }

  /** Moves the cursor to a time in seconds. */
  cursor(at) {
    const { context, width, height } = surface(this.canvas);
    context.drawImage(this.still, 0, 0, width, height);
    context.fillStyle = ink("angry");
    context.fillRect(Math.min(width - 2, (at / this.duration) * width), 0, 2, height);
  }

  #attention(context, width, height) {
    if (!this.attention?.weights?.length) return;
    const { start, step, weights } = this.attention;
    const most = Math.max(...weights);
    const x = (time) => (time / this.duration) * width;
    context.fillStyle = ink("happy");
    context.globalAlpha = 0.42;
    context.beginPath();
    context.moveTo(x(start), height);
    weights.forEach((weight, k) => context.lineTo(x(start + (k + 0.5) * step), height - (weight / most) * height * 0.92));
    context.lineTo(x(start + weights.length * step), height);
    context.fill();
    context.globalAlpha = 1;
  }

  #wave(context, width, height) {
    let most = 1e-4;
    for (const sample of this.samples) most = Math.max(most, Math.abs(sample));
    context.fillStyle = ink("wave");
    const per = this.samples.length / width;
    for (let x = 0; x < width; x += 1) {
      let [low, high] = [0, 0];
      const to = Math.min(this.samples.length, Math.ceil((x + 1) * per));
      for (let i = Math.floor(x * per); i < to; i += 1) {
        low = Math.min(low, this.samples[i]);
        high = Math.max(high, this.samples[i]);
      }
      const scale = (height * 0.46) / most;
      context.fillRect(x, height / 2 - high * scale, 1, Math.max(1, (high - low) * scale));
    }
  }

  #spectrogram(context, width, top, height) {
    const [columns, colours] = [this.columns, heat()];
    const image = new ImageData(columns.length, columns[0].length);
    columns.forEach((column, x) => paint(column, image.data, columns.length, x, colours));
    const small = document.createElement("canvas");
    Object.assign(small, { width: image.width, height: image.height });
    small.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(small, 0, top, width, height);
  }
}
