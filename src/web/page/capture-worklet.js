// The microphone's samples as 16-bit integers, 50 ms at a time.

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunk = new Int16Array(Math.round(sampleRate / 20));
    this.filled = 0;
  }

  process([[channel]]) {
    for (const sample of channel || []) {
      this.chunk[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.filled += 1;
      if (this.filled === this.chunk.length) {
        const full = this.chunk;
        this.chunk = new Int16Array(full.length);
        this.filled = 0;
        this.port.postMessage(full, [full.buffer]);
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
