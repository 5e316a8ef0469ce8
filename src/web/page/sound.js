// Decodes recordings for the eye and plays them.

/** As the model hears it. */
const RATE = 16_000;

let speaker = null;
let playing = null;

/** Samples of a file, mono, or null where this browser cannot decode it (the server may). */
export async function decode(file) {
  try {
    const buffer = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
    const mono = new AudioBuffer({ length: buffer.length, sampleRate: RATE });
    const mixed = mono.getChannelData(0);
    for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
      buffer.getChannelData(channel).forEach((sample, i) => {
        mixed[i] += sample / buffer.numberOfChannels;
      });
    }
    return mono;
  } catch {
    return null;
  }
}

/** Plays one recording at a time; `moved(seconds, isPlaying)` tells where it is. */
export class Player {
  constructor(buffer, moved) {
    Object.assign(this, { buffer, moved, at: 0, node: null });
  }

  get isPlaying() {
    return this.node !== null;
  }

  async play() {
    playing?.pause();
    speaker ??= new AudioContext();
    await speaker.resume();
    if (this.at >= this.buffer.duration - 0.02) this.at = 0;
    const node = new AudioBufferSourceNode(speaker, { buffer: this.buffer });
    node.connect(speaker.destination);
    this.started = speaker.currentTime - this.at;
    node.start(0, this.at);
    this.node = node;
    playing = this;
    const step = () => {
      if (this.node !== node) return;
      this.at = Math.min(this.buffer.duration, speaker.currentTime - this.started);
      if (this.at >= this.buffer.duration) this.pause();
      else {
        this.moved(this.at, true);
        requestAnimationFrame(step);
      }
    };
    step();
  }

  pause() {
    const node = this.node;
    this.node = null;
    node?.stop();
    this.moved(this.at, false);
  }

  seek(seconds) {
    const wasPlaying = this.isPlaying;
    if (wasPlaying) this.pause();
    this.at = Math.max(0, Math.min(this.buffer.duration, seconds));
    this.moved(this.at, false);
    if (wasPlaying) this.play();
  }
}

/** Silences whatever plays. */
export const hush = () => playing?.isPlaying && playing.pause();
