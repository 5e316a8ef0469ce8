// The magnitude spectrum of a real signal: a radix-2 transform with its tables made once.

export class Fft {
  /** @param {number} size a power of two */
  constructor(size) {
    this.size = size;
    this.re = new Float32Array(size);
    this.im = new Float32Array(size);
    this.power = new Float32Array(size / 2 + 1);
    this.cos = Float32Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.sin = Float32Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    this.window = Float32Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
    const bits = Math.log2(size);
    this.reversed = Uint32Array.from({ length: size }, (_, n) => {
      let back = 0;
      for (let bit = 0; bit < bits; bit += 1) back |= ((n >> bit) & 1) << (bits - 1 - bit);
      return back;
    });
  }

  /** Power at 0 to half the sample rate of the Hann-windowed samples from `start`; silence outside the signal. The array is reused. */
  spectrum(samples, start) {
    const { size, re, im } = this;
    for (let n = 0; n < size; n += 1) {
      const to = this.reversed[n];
      re[to] = (samples[start + n] || 0) * this.window[n];
      im[to] = 0;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let base = 0; base < size; base += 2 * half) {
        for (let k = 0; k < half; k += 1) {
          const [c, s, a, b] = [this.cos[k * step], this.sin[k * step], base + k, base + k + half];
          const x = re[b] * c - im[b] * s;
          const y = re[b] * s + im[b] * c;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
    for (let k = 0; k <= size / 2; k += 1) this.power[k] = re[k] * re[k] + im[k] * im[k];
    return this.power;
  }
}
