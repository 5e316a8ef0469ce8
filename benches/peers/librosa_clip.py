"""The clip that the peers' scripts measure, librosa on one thread, and how a call is timed. Import this before anything else."""

import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[threads] = "1"
# A forced kernel would slow BLAS down on some machines.
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
print(f"librosa {librosa.__version__}, numpy {np.__version__}, {len(y)} samples at {sr} Hz, {rounds} rounds")


def report(name, call):
    """Prints the median of the wall and the processor time of `call`, after one call to warm up."""
    call()
    wall, cpu = [], []
    for _ in range(rounds):
        start, start_cpu = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - start_cpu)
    print(f"{name}: median {1e3 * statistics.median(wall):.2f} ms wall, {1e3 * statistics.median(cpu):.2f} ms CPU a clip")
