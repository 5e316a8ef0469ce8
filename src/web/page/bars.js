// The probabilities of all emotions as bars, and the verdict in words.

import { classOf } from "./colours.js";
import { make } from "./dom.js";
import { NOT_SURE, percent } from "./words.js";

/** Bars in the order of the labels: they stay in their places. */
export class Bars {
  constructor(labels) {
    this.rows = labels.map((label) => {
      const fill = make("span", { class: "fill" });
      const figure = make("span", { class: "figure" }, "–");
      const row = make("div", { class: `bar ${classOf(label, labels)}` }, make("dt", {}, label), make("dd", {}, make("span", { class: "track" }, fill), figure));
      return { label, row, fill, figure };
    });
    this.element = make("dl", { class: "bars" }, ...this.rows.map(({ row }) => row));
  }

  /** @param probabilities by label, or null for none */
  show(probabilities) {
    const top = probabilities && ranked(probabilities)[0][0];
    for (const { label, row, fill, figure } of this.rows) {
      const part = probabilities ? probabilities[label] || 0 : 0;
      fill.style.width = `${100 * part}%`;
      figure.textContent = probabilities ? percent(part) : "–";
      row.classList.toggle("top", label === top);
    }
  }
}

/** Labels with their probabilities, likeliest first. */
export const ranked = (probabilities) => Object.entries(probabilities).sort((a, b) => b[1] - a[1]);

/** The verdict: a headline, a line under it, and the class of its colour. */
export function verdict(probabilities, labels) {
  const [[first, p], [second, q] = [null, 0]] = ranked(probabilities);
  const runnerUp = second ? `then ${second}, ${percent(q)}` : "";
  if (p < NOT_SURE) return { sure: false, head: "not sure", line: `perhaps ${first}, ${percent(p)}${second ? ` or ${second}, ${percent(q)}` : ""}`, style: "unsure" };
  return { sure: true, head: `${first} ${percent(p)}`, line: runnerUp, style: classOf(first, labels) };
}
