// What happened, and what to do about it, in words.

const ADVICE = {
  unsupported_audio: "Save it as WAV, FLAC, MP3, OGG or M4A and try again.",
  unsupported_media_type: "Save it as WAV, FLAC, MP3, OGG or M4A and try again.",
  damaged_audio: "The file seems cut off or damaged; export or download it again.",
  empty_audio: "It holds no sound; record it again.",
  unusable_audio: "A second or more of speech works best.",
  too_large: "Send fewer or shorter recordings.",
  too_long: "Cut out the part that you want judged.",
  too_many_clips: "Send fewer recordings at once.",
  timed_out: "Try again, with fewer or shorter recordings.",
  busy: "Many people are asking; wait a moment and try again.",
  too_many_connections: "Many people are listening; wait a moment and try again.",
  shutting_down: "The server is being stopped; start it again, then try again.",
  rate_limited: "Stop and listen again.",
  idle: "Press Listen to start again.",
  session_too_long: "Save the session, then press Listen to start a new one.",
  forbidden_origin: "Open this page from the server's own address.",
  forbidden_host: "Open this page from the server's own address.",
  internal: "It is the server's fault, not yours; its log says more.",
};

/** Said where the server does not answer. */
export const GONE = "The server does not answer. Check that “intone serve” still runs, then try again.";

/** Said where a live session cannot begin. */
export const NOT_OPENED = "The live session could not be opened: the server is gone, or has no place left. Check that “intone serve” still runs, then press Listen again.";

/** An error of the interface as a sentence with advice. */
export function told({ code, message }) {
  const said = (message || code || "something went wrong").trim();
  const sentence = said.charAt(0).toUpperCase() + said.slice(1) + (/[.!?]$/.test(said) ? "" : ".");
  return ADVICE[code] ? `${sentence} ${ADVICE[code]}` : sentence;
}

/** Why there is no microphone. */
export function microphone(error) {
  switch (error.name) {
    case "NotAllowedError":
      return "The browser does not let this page use the microphone. Allow it in the address bar (the icon left of the address), then press Listen again. Uploading works without it.";
    case "NotFoundError":
      return "There is no microphone. Plug one in, then press Listen again, or upload a recording.";
    case "NotReadableError":
      return "Another program holds the microphone. Close it, then press Listen again.";
    default:
      return `The microphone cannot be used (${error.message || error.name}). Try another browser, or upload a recording.`;
  }
}

/** Below this confidence the page is not sure. */
export const NOT_SURE = 0.4;

export const percent = (part) => `${Math.round(100 * part)} %`;

/** `1:04.5` */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds * 10));
  return `${Math.floor(whole / 600)}:${String(Math.floor(whole / 10) % 60).padStart(2, "0")}.${whole % 10}`;
}
