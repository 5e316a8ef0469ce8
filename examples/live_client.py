"""Sends a recording to `intone serve` as if somebody spoke it, and prints what comes back.

    pip install websockets
    intone serve --model runs/ID/model/final &
    python examples/live_client.py speech.wav [ws://127.0.0.1:8080/api/v1/live]

The recording must be WAV of 16 bits, mono, at a rate that the server takes (8, 16, 44.1, 48 kHz, ...).
"""

import asyncio
import json
import sys
import wave

import websockets

MESSAGE_S = 0.05


async def speak(socket, path):
    """Sends the sound at the pace at which it was spoken."""
    loop = asyncio.get_running_loop()
    with wave.open(path) as recording:
        rate = recording.getframerate()
        start, sent = loop.time(), 0
        while frames := recording.readframes(int(MESSAGE_S * rate)):
            sent += len(frames) // 2
            await asyncio.sleep(start + sent / rate - loop.time())
            await socket.send(frames)
    await socket.send(json.dumps({"type": "end"}))


async def main(path, url):
    with wave.open(path) as recording:
        if (recording.getnchannels(), recording.getsampwidth()) != (1, 2):
            sys.exit(f"{path}: is not mono with 16 bits a sample")
        rate = recording.getframerate()
    async with websockets.connect(url) as socket:
        await socket.send(json.dumps({"type": "config", "sample_rate": rate, "encoding": "s16le"}))
        ready = json.loads(await socket.recv())
        if ready["type"] != "ready":
            sys.exit(f"{ready['code']}: {ready['message']}")
        speaking = asyncio.create_task(speak(socket, path))
        async for message in socket:
            answer = json.loads(message)
            if answer["type"] == "prediction" and "predicted" in answer:
                print(f"{answer['time_s']:6.2f} s  {answer['predicted']:9} {answer['confidence']:4.0%}  in {answer['server_ms']:.1f} ms")
            elif answer["type"] == "prediction":
                print(f"{answer['time_s']:6.2f} s  no speech")
            else:
                print(answer)
        await speaking


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: live_client.py FILE [URL]")
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else "ws://127.0.0.1:8080/api/v1/live"))
