"""librosa 0.11 and Praat (praat-parselmouth 0.4.7) on the clip of benches/augment.rs, one BLAS thread.

    python benches/peers/augment.py [rounds]

Prints the median of the wall and the processor time of librosa.effects.time_stretch and pitch_shift, and of Praat's "Change gender" with
the pitch contour that it needs.
"""

from librosa_clip import report, sr, y  # first: it sets the number of threads

import librosa
import parselmouth
from parselmouth.praat import call

for rate in (0.9, 1.1):
    report(f"time_stretch {rate}", lambda: librosa.effects.time_stretch(y, rate=rate))
for steps in (2, -2):
    report(f"pitch_shift {steps}", lambda: librosa.effects.pitch_shift(y, sr=sr, n_steps=steps))


def change_gender():
    sound = parselmouth.Sound(y, sr)
    pitch = sound.to_pitch_ac(0.01, 75, 15, False, 0.03, 0.45, 0.01, 0.35, 0.14, 600)
    return call([sound, pitch], "Change gender", 0.93, 0.8 * call(pitch, "Get quantile", 0, 0, 0.5, "Hertz"), 1, 1)


report("change_gender 0.8 0.93", change_gender)
