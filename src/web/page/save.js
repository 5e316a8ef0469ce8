// Results as files.

import { make } from "./dom.js";

/** Offers content as a download. */
export function save(name, type, ...content) {
  const address = URL.createObjectURL(new Blob(content, { type }));
  const link = make("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the content by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const saveJson = (name, value) => save(name, "application/json", JSON.stringify(value, null, 1), "\n");

const field = (value) => (/[",\r\n]/.test(String(value ?? "")) ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? ""));

/** @param rows the heading first */
export const saveCsv = (name, rows) => save(name, "text/csv", ...rows.map((row) => `${row.map(field).join(",")}\n`));

/** 16-bit mono. @param {Int16Array[]} chunks */
export function saveWav(name, rate, chunks) {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const head = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, 2 * rate, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, bytes, true);
  save(name, "audio/wav", head, ...chunks);
}

/** `2026-11-23-17-05-09`, for names of files. */
export const stamp = () => new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-");
