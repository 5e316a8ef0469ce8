// Mel spectrogram for the eye: dB below full scale as bytes, one column a hop.

import { Fft } from "./fft.js";

const FLOOR_DB = -80;
const mel = (hz) => 1127 * Math.log(1 + hz / 700);
const hertz = (m) => 700 * Math.expm1(m / 1127);

export class Mel {
  constructor(rate, bands = 64, size = 512) {
    this.bands = bands;
    this.size = size;
    this.fft = new Fft(size);
    const top = Math.min(8000, rate / 2);
    const bin = (band) => (hertz((mel(top) * band) / (bands + 1)) * size) / rate;
    // Triangles from the middle of the band below to that of the band above, at least one bin wide.
    this.triangles = Array.from({ length: bands }, (_, band) => {
      const [low, middle, high] = [bin(band), bin(band + 1), bin(band + 2)];
      const [from, to] = [Math.floor(Math.min(low, middle - 1)) + 1, Math.ceil(Math.max(high, middle + 1)) - 1];
      const weight = (k) => (k < middle ? 1 - (middle - k) / Math.max(1, middle - low) : 1 - (k - middle) / Math.max(1, high - middle));
      const weights = Array.from({ length: to - from + 1 }, (_, i) => Math.max(0, weight(from + i)));
      return { from: Math.max(0, from), weights };
    });
    this.loud = (size / 4) ** 2;
  }

  /** A byte a band, lowest first, for the window in the middle of which is the sample `at`. */
  column(samples, at, into = new Uint8Array(this.bands)) {
    const power = this.fft.spectrum(samples, at - this.size / 2);
    this.triangles.forEach(({ from, weights }, band) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i += 1) sum += weights[i] * (power[from + i] || 0);
      const db = 10 * Math.log10(sum / this.loud + 1e-12);
      into[band] = Math.max(0, Math.min(255, Math.round(255 * (1 - (db + 5) / (FLOOR_DB + 5)))));
    });
    return into;
  }
}

/** Paints a column of bytes into pixels `width` wide, low frequencies at the bottom. */
export function paint(column, pixels, width, x, colours) {
  const bands = column.length;
  for (let band = 0; band < bands; band += 1) {
    const to = 4 * ((bands - 1 - band) * width + x);
    pixels.set(colours.subarray(4 * column[band], 4 * column[band] + 4), to);
  }
}
