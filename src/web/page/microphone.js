// The microphone as a stream of chunks of 16-bit samples.

/** The rate that is asked for; a browser that cannot resample a microphone gives its own. */
const RATE = 16_000;

/** Opens it: `heard(Int16Array)` gets every chunk, `lost()` is told when the device goes. */
export async function open(heard, lost) {
  if (!navigator.mediaDevices) {
    throw new Error("browsers give their microphone to https pages and to localhost only");
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, noiseSuppression: false, autoGainControl: false, echoCancellation: false } });
  let context = null;
  try {
    context = new AudioContext({ sampleRate: RATE });
    let source;
    try {
      source = context.createMediaStreamSource(stream);
    } catch {
      await context.close();
      context = new AudioContext();
      source = context.createMediaStreamSource(stream);
    }
    await context.audioWorklet.addModule("/assets/capture-worklet.js");
    await context.resume();
    const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    capture.port.onmessage = ({ data }) => heard(data);
    source.connect(capture);
  } catch (error) {
    stream.getTracks().forEach((track) => track.stop());
    await context?.close();
    throw error;
  }
  const [track] = stream.getAudioTracks();
  track.onended = lost;
  const close = () => {
    track.onended = null;
    track.stop();
    return context.close();
  };
  return { rate: context.sampleRate, close };
}
