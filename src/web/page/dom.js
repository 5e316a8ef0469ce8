// Elements in one line.

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** A new element: properties by name (`class`, `on...` and ARIA attributes too), then what is in it. */
export function make(tag, properties = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...content.filter((part) => part != null));
  return element;
}

/** A canvas as fine as the screen, cleared; `size` is in CSS pixels. */
export function surface(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const fine = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * fine), Math.round(height * fine)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const context = canvas.getContext("2d");
  context.setTransform(fine, 0, 0, fine, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Tells a screen reader, politely. */
export const announce = (words) => {
  byId("announce").textContent = words;
};

/** Shows a problem in words, or takes it away. */
export function problem(words) {
  const banner = byId("problem");
  banner.hidden = !words;
  banner.querySelector("p").textContent = words || "";
  if (words) banner.scrollIntoView({ block: "nearest" });
}
