"""librosa 0.11 on the clip of benches/augment.rs, one BLAS thread.

    python benches/peers/augment.py [rounds]

Prints the median of the wall and the processor time of librosa.effects.time_stretch and pitch_shift.
"""

from librosa_clip import report, sr, y  # first: it sets the number of threads

import librosa

for rate in (0.9, 1.1):
    report(f"time_stretch {rate}", lambda: librosa.effects.time_stretch(y, rate=rate))
for steps in (2, -2):
    report(f"pitch_shift {steps}", lambda: librosa.effects.pitch_shift(y, sr=sr, n_steps=steps))
