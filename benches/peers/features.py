"""librosa 0.11 on the clip of benches/features.rs, one BLAS thread.

    python benches/peers/features.py [rounds]

Prints the median of the wall and the processor time of the 169 means of one clip: 20 MFCC, 12 chroma (tuning estimated), 128 mel,
7 contrast, RMS, zero-crossing rate; each librosa call from the samples, as the usual scripts make them, and from one shared
spectrogram, as an expert would. And of yin and pyin of the clip, 65 to 500 Hz.
"""

import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"
# A forced kernel would slow BLAS down on this machine.
os.environ.pop("OPENBLAS_CORETYPE", None)

import pathlib
import statistics
import sys
import time

import librosa
import numpy as np
import soundfile

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
clip = pathlib.Path(__file__).parents[2] / "tests/fixtures/golden/voiced_3s.wav"
y, sr = soundfile.read(clip, dtype="float32")


def each_from_samples():
    parts = [
        librosa.feature.mfcc(y=y, sr=sr, n_mfcc=20),
        librosa.feature.chroma_stft(y=y, sr=sr),
        librosa.feature.melspectrogram(y=y, sr=sr),
        librosa.feature.spectral_contrast(y=y, sr=sr),
        librosa.feature.rms(y=y),
        librosa.feature.zero_crossing_rate(y),
    ]
    return np.concatenate([np.mean(part, axis=1) for part in parts])


def shared_spectrogram():
    magnitude = np.abs(librosa.stft(y))
    power = magnitude**2
    mel = librosa.feature.melspectrogram(S=power, sr=sr)
    parts = [
        librosa.feature.mfcc(S=librosa.power_to_db(mel), sr=sr, n_mfcc=20),
        librosa.feature.chroma_stft(S=power, sr=sr),
        mel,
        librosa.feature.spectral_contrast(S=magnitude, sr=sr),
        librosa.feature.rms(y=y),
        librosa.feature.zero_crossing_rate(y),
    ]
    return np.concatenate([np.mean(part, axis=1) for part in parts])


print(f"librosa {librosa.__version__}, numpy {np.__version__}, {len(y)} samples at {sr} Hz, {rounds} rounds")
calls = (
    ("each feature from samples", each_from_samples),
    ("one shared spectrogram", shared_spectrogram),
    ("yin", lambda: librosa.yin(y, sr=sr, fmin=65, fmax=500)),
    ("pyin", lambda: librosa.pyin(y, sr=sr, fmin=65, fmax=500)),
)
assert each_from_samples().shape == shared_spectrogram().shape == (169,)
for name, call in calls:
    call()
    wall, cpu = [], []
    for _ in range(rounds):
        start, start_cpu = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    print(f"{name}: median {1e3 * statistics.median(wall):.2f} ms wall, {1e3 * statistics.median(cpu):.2f} ms CPU a clip")
