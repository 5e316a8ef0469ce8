// One colour an emotion, the same everywhere; what canvases draw with is read from the style sheet, so that dark and light both work.

const NAMED = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"];

/** The emotion whose colour a label has: its own, or for an unknown label one that depends on its place alone. */
export const hue = (label, labels) => (NAMED.includes(label) ? label : NAMED[Math.max(0, labels.indexOf(label)) % NAMED.length]);

/** The class that gives an element the colour of a label. */
export const classOf = (label, labels) => `of-${hue(label, labels)}`;

/** A custom property of the style sheet, as it is now. */
export const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** 256 colours of the spectrogram, from silence to loud, as bytes: red, green, blue, opacity. */
export function heat() {
  const stops = [0, 1, 2, 3, 4].map((at) => [1, 3, 5].map((from) => parseInt(ink(`heat-${at}`).slice(from, from + 2), 16)));
  const table = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i += 1) {
    const at = Math.min(3, Math.floor((i / 255) * 4));
    const part = (i / 255) * 4 - at;
    for (let c = 0; c < 3; c += 1) table[4 * i + c] = stops[at][c] + (stops[at + 1][c] - stops[at][c]) * part;
    table[4 * i + 3] = 255;
  }
  return table;
}

/** Calls `draw` when the system changes between dark and light. */
export const onTheme = (draw) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
