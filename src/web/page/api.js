// The server's interface; docs/API.md tells it whole.

import { GONE, told } from "./words.js";

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Error(GONE);
  }
  return answer;
}

async function json(address) {
  const answer = await ask(address);
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told(content.error || { message: `the server answers ${answer.status}` }));
  return content;
}

export const model = () => json("/api/v1/model");
export const samples = () => json("/api/v1/samples");

/** The sound of a sample clip as a file. */
export async function sample({ name, url }) {
  const answer = await ask(url);
  if (!answer.ok) throw new Error(told({ message: `the sample ${name} is not there` }));
  return new File([await answer.blob()], `${name}.wav`, { type: "audio/wav" });
}

/** One recording: its prediction, or an error in words. One a request, so that each is shown as soon as it is there. */
export async function predict(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  const answer = await ask("/api/v1/predict?explain=true", { method: "POST", body: form });
  const content = await answer.json().catch(() => ({}));
  if (answer.ok && content.predictions?.length) return { ...content.predictions[0], server_ms: content.server_ms };
  throw new Error(told(content.left_out?.[0] || content.error || { message: `the server answers ${answer.status}` }));
}

/** Where the live socket is. */
export const liveAddress = () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`;
