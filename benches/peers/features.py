"""librosa 0.11 on the clip of benches/features.rs, one BLAS thread.

    python benches/peers/features.py [rounds]

Prints the median of the wall and the processor time of the 169 means of one clip: 20 MFCC, 12 chroma (tuning estimated), 128 mel,
7 contrast, RMS, zero-crossing rate; each librosa call from the samples, as the usual scripts make them, and from one shared
spectrogram, as an expert would. And of yin and pyin of the clip, 65 to 500 Hz.
"""

from librosa_clip import report, sr, y  # first: it sets the number of threads

import librosa
import numpy as np


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


assert each_from_samples().shape == shared_spectrogram().shape == (169,)
report("each feature from samples", each_from_samples)
report("one shared spectrogram", shared_spectrogram)
report("yin", lambda: librosa.yin(y, sr=sr, fmin=65, fmax=500))
report("pyin", lambda: librosa.pyin(y, sr=sr, fmin=65, fmax=500))
