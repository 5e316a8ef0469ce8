"""Voice quality of intone beside Praat and openSMILE's eGeMAPSv02, on the clips of a folder.

    python benches/peers/voice.py INTONE FOLDER [clips]

INTONE is the binary, FOLDER is searched for WAV and FLAC; `clips` (100) of them are taken evenly. Needs praat-parselmouth 0.4.7, opensmile 2.6,
soundfile, soxr, pandas, pyarrow and numpy. Clips are mixed down and resampled to 16 kHz here, so that all three see the same samples.

Prints two tables in Markdown: of each column that follows Praat, deviations from Praat's value in the frames that both call voiced; and of the functionals of eGeMAPS that have a counterpart, Pearson's correlation over the clips and
the median relative deviation. Nothing of the clips is kept.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import opensmile
import pandas
import parselmouth
import soundfile
import soxr
from parselmouth.praat import call

SR = 16000
# eGeMAPS's hop, and one at which Praat's frames, spread symmetrically over a clip, lie on ours whatever their window.
HOP, PRAAT_HOP = 160, 240
FLOOR, CEILING, FORMANT_CEILING = 65.0, 500.0, 5500.0
SETS = ["f0", "jitter-shimmer", "hnr", "formants", "harmonics", "loudness", "spectral-balance", "mfcc"]
SETTINGS = dict(sets=str(SETS).replace("'", '"'), n_fft=512, win_length=320, window='"hamming"', n_mels=26, fmin=20.0,
                htk="true", n_mfcc=5)


def clips(folder, count):
    paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in (".wav", ".flac"))
    return [paths[i] for i in np.unique(np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int))]


def samples(path):
    y, sr = soundfile.read(path, dtype="float32", always_2d=True)
    y = y.mean(axis=1)
    y = soxr.resample(y, sr, SR, quality="HQ") if sr != SR else y
    return y[: len(y) // PRAAT_HOP * PRAAT_HOP]


def intone(binary, folder, aggregate, hop):
    out = pathlib.Path(folder) / f"{aggregate}-{hop}.parquet"
    command = [binary, "features", str(pathlib.Path(folder) / "clips"), "--aggregate", aggregate, "--out", str(out), "--no-cache"]
    settings = [f"features.{key}={value}" for key, value in SETTINGS.items()] + [f"features.hop_length={hop}", "audio.sample_rate=16000", "audio.trim_db=0.0", "audio.duration_s=0.0"]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return pandas.read_parquet(out)


def praat(y):
    """Praat's columns, each with the times of its frames."""
    sound = parselmouth.Sound(y.astype(np.float64), float(SR))
    step = PRAAT_HOP / SR
    pitch = call(sound, "To Pitch (ac)", step, FLOOR, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, CEILING)
    points = call([sound, pitch], "To PointProcess (cc)")
    harmonicity = call(sound, "To Harmonicity (ac)", step, FLOOR, 0.1, 4.5)
    formant = call(sound, "To Formant (burg)", step, 5, FORMANT_CEILING, 0.025, 50)
    around = [(t - 0.03, t + 0.03, 1e-4, 0.02, 1.3) for t in pitch.xs()]
    columns = dict(f0=(pitch.xs(), pitch.selected_array["frequency"]), hnr=(harmonicity.xs(), harmonicity.values[0]))
    columns["jitter"] = (pitch.xs(), [call(points, "Get jitter (local)", *a) for a in around])
    columns["shimmer"] = (pitch.xs(), [call([sound, points], "Get shimmer (local)", *a, 1.6) for a in around])
    columns["shimmer_db"] = (pitch.xs(), [call([sound, points], "Get shimmer (local_dB)", *a, 1.6) for a in around])
    for n in (1, 2, 3):
        columns[f"formant_{n}"] = (formant.xs(), [formant.get_value_at_time(n, t) for t in formant.xs()])
        columns[f"formant_bandwidth_{n}"] = (formant.xs(), [formant.get_bandwidth_at_time(n, t) for t in formant.xs()])
    return {name: (np.asarray(times), np.nan_to_num(np.asarray(values, dtype=float))) for name, (times, values) in columns.items()}


RELATIVE = ("f0", "formant")


def beside_praat(frames, sounds):
    found = {}
    voicing = [0, 0]
    for name, y in sounds.items():
        own = frames[frames["clip"] == name].sort_values("frame")
        for column, (times, expected) in praat(y).items():
            index = np.round(times * SR / PRAAT_HOP).astype(int)
            assert np.abs(times - index * PRAAT_HOP / SR).max() < 1e-6
            values, voiced = own[column].to_numpy()[index], own["f0"].to_numpy()[index] > 0
            if column == "f0":
                voicing[0] += int((voiced != (expected > 0)).sum())
                voicing[1] += len(voiced)
                voiced &= expected > 0
            expected = np.where(expected == -200, 0, expected)
            scale = np.maximum(np.abs(expected), 1e-9) if column.startswith(RELATIVE) else 1
            found.setdefault(column, []).append((np.abs(values - expected) / scale)[voiced])
    print(f"voicing differs in {voicing[0]} of {voicing[1]} frames\n")
    print("| column | deviation | median | 95 % | 99 % | frames |\n| --- | --- | --- | --- | --- | --- |")
    for column, parts in found.items():
        values = np.concatenate(parts)
        if len(values):
            kind = "relative" if column.startswith(RELATIVE) else "absolute"
            median, high, higher = np.quantile(values, [0.5, 0.95, 0.99])
            print(f"| `{column}` | {kind} | {median:.1e} | {high:.1e} | {higher:.1e} | {len(values)} |")
    print()


def htk(n):
    """Our cepstral coefficient, of decibels, as openSMILE has it: of natural logarithms, with HTK's lifter."""
    return np.log(10) / 10 * (1 + 11 * np.sin(np.pi * n / 22))


def counterparts(row, frames):
    """Ours, by openSMILE's names: our functionals as they are, and of voiced or unvoiced frames what the frames say."""
    ours = {}

    def moments(theirs, column, factor=1.0):
        mean = factor * row[f"{column}_mean"]
        ours[f"{theirs}_amean"] = mean
        ours[f"{theirs}_stddevNorm"] = abs(factor) * row[f"{column}_deviation"] / mean if mean else 0.0

    def contour(theirs, column):
        moments(theirs, column)
        for part in (20, 50, 80):
            ours[f"{theirs}_percentile{part}.0"] = row[f"{column}_p{part}"]
        ours[f"{theirs}_pctlrange0-2"] = row[f"{column}_range_20_80"]
        ours[f"{theirs}_meanRisingSlope"] = row[f"{column}_rising_slope"]
        ours[f"{theirs}_meanFallingSlope"] = -row[f"{column}_falling_slope"]

    contour("F0semitoneFrom27.5Hz_sma3nz", "f0_semitone")
    contour("loudness_sma3", "loudness")
    moments("spectralFlux_sma3", "flux")
    for n in range(1, 5):
        moments(f"mfcc{n}_sma3", f"mfcc_{n}", htk(n))
    moments("jitterLocal_sma3nz", "jitter")
    moments("shimmerLocaldB_sma3nz", "shimmer_db")
    moments("HNRdBACF_sma3nz", "hnr")
    moments("logRelF0-H1-H2_sma3nz", "h1_h2")
    moments("logRelF0-H1-A3_sma3nz", "h1_a3")
    for n in range(1, 4):
        moments(f"F{n}frequency_sma3nz", f"formant_{n}")
        moments(f"F{n}bandwidth_sma3nz", f"formant_bandwidth_{n}")
        moments(f"F{n}amplitudeLogRelF0_sma3nz", f"h1_a{n}", -1.0)
    voiced = frames["f0"].to_numpy() > 0
    # Of voiced and of unvoiced frames; openSMILE's slopes of a band divide by one bin fewer than they sum over.
    balance = dict(alphaRatio="alpha_ratio", hammarbergIndex="hammarberg", spectralFlux="flux")
    balance |= {"slope@0-500": "slope_0_500", "slope@500-1500": "slope_500_1500"} | {f"mfcc{n}": f"mfcc_{n}" for n in range(1, 5)}
    for theirs, column in balance.items():
        values = frames[column].to_numpy() * (htk(int(column[-1])) if column.startswith("mfcc") else 1.0)
        name = (lambda kind: theirs.replace("@", kind) if "@" in theirs else theirs + kind)
        inside, outside = values[voiced], values[~voiced]
        if len(inside):
            ours[f"{name('V')}_sma3nz_amean"] = inside.mean()
            ours[f"{name('V')}_sma3nz_stddevNorm"] = inside.std() / inside.mean()
        if len(outside):
            ours[f"{name('UV')}_sma3nz_amean"] = outside.mean()
    ours["loudnessPeaksPerSec"] = row["loudness_peaks_per_s"]
    ours["VoicedSegmentsPerSec"] = row["voiced_segments_per_s"]
    ours["MeanVoicedSegmentLengthSec"] = row["voiced_segment_mean"]
    ours["StddevVoicedSegmentLengthSec"] = row["voiced_segment_deviation"]
    ours["MeanUnvoicedSegmentLength"] = row["unvoiced_segment_mean"]
    ours["StddevUnvoicedSegmentLength"] = row["unvoiced_segment_deviation"]
    return ours


def beside_egemaps(frames, functionals, sounds):
    smile = opensmile.Smile(feature_set=opensmile.FeatureSet.eGeMAPSv02, feature_level=opensmile.FeatureLevel.Functionals)
    theirs = pandas.DataFrame([smile.process_signal(y, SR).iloc[0] for y in sounds.values()], index=list(sounds))
    by_clip = functionals.set_index("clip")
    ours = pandas.DataFrame([counterparts(by_clip.loc[name], frames[frames["clip"] == name]) for name in sounds], index=list(sounds))
    print("| eGeMAPSv02 | correlation | median relative deviation |\n| --- | --- | --- |")
    for column in theirs:
        if column not in ours:
            print(f"| `{column}` | - | - |")
            continue
        pair = pandas.concat([ours[column], theirs[column]], axis=1).dropna().to_numpy(dtype=float)
        correlation = np.corrcoef(pair.T)[0, 1]
        relative = np.median(np.abs(pair[:, 0] - pair[:, 1]) / np.maximum(np.abs(pair[:, 1]), 1e-9))
        print(f"| `{column}` | {correlation:.3f} | {100 * relative:.1f} % |")


def main():
    binary, folder = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with tempfile.TemporaryDirectory() as work:
        (pathlib.Path(work) / "clips").mkdir()
        sounds = {}
        for number, path in enumerate(clips(folder, count)):
            target = pathlib.Path(work) / "clips" / f"{number:04}.wav"
            soundfile.write(target, samples(path), SR, subtype="PCM_16")
            sounds[target.name] = soundfile.read(target, dtype="float32")[0]
        tables = [intone(binary, work, "frames", PRAAT_HOP), intone(binary, work, "frames", HOP), intone(binary, work, "functionals", HOP)]
        for table in tables:
            table["clip"] = [pathlib.Path(clip).name for clip in table["clip"]]
        print(f"{len(sounds)} clips; Praat {parselmouth.PRAAT_VERSION}, openSMILE (Python {opensmile.__version__})\n")
        beside_praat(tables[0], sounds)
        beside_egemaps(tables[1], tables[2], sounds)


if __name__ == "__main__":
    main()
