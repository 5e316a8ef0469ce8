"""Times notebook kernels as their users feel them: python kernel.py KERNEL [KERNEL ...]

KERNEL is the name of an installed Jupyter kernel: `intone`, or `rust`, which is evcxr_jupyter. Both see the same crate: `intone` as it is
installed, `rust` through the file notebooks/evcxr.toml, which it reads from the current folder. Needs jupyter_client.
Prints a table of medians over ROUNDS kernels each, the first start of each left out.
"""

import pathlib
import statistics
import sys
import time

from jupyter_client.manager import KernelManager

ROUNDS = 3

PLAIN = "let plain: i32 = 40; plain + 2"
FRAME = 'df!("emotion" => ["calm", "angry"], "uar" => [0.25, 0.75]).unwrap()'
TYPED = "let clip: Clip = Clip { samples: vec![0.1; 48_000], sample_rate: 16_000 };"
MODEL = """{
    let began = std::time::Instant::now();
    let settings = ["corpus.kind=demo", "corpus.speakers=4", "corpus.clips_per_emotion=1", "split.folds=2", "training.epochs=2"];
    let config = experiment::load::defaults(&settings.map(str::to_owned)).unwrap();
    let material = experiment::material::measure(
        &config, experiment::material::load_corpus(&config).unwrap(), None, &experiment::events::Silent).unwrap();
    let (train, validation, ..) = intone::dataset::normalise::prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
    let (network, epochs) = model::fit(&model::Fit {
        model: &config.model, training: &config.training, train: &train, validation: &validation, class_weights: None, augment: None,
        mixup: 0.0, seed: config.seed, stream: &["bench"], resume: None, keep: None,
    }, &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    println!("own work {}", began.elapsed().as_secs_f64());
    (network.parameters(), epochs.len())
}"""
UNTYPED = "let duration = clip.duration_s();"


def memory(pid):
    """Resident megabytes of a process and of all it started."""
    pages, family = 0, {pid}
    stats = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            stats.append((int(stat.parent.name), int(fields[1]), int(fields[21])))
        except (OSError, IndexError):
            pass
    for _ in range(4):
        family |= {child for child, parent, _ in stats if parent in family}
    pages = sum(size for process, _, size in stats if process in family)
    return pages * 4096 / 1e6


def execute(client, code):
    """Seconds of a cell, and what it printed."""
    printed, began = [], time.monotonic()

    def hook(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=3600, output_hook=hook)
    took = time.monotonic() - began
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{code}\n{reply['content']}")
    return took, "".join(printed)


def measure(name):
    began = time.monotonic()
    manager = KernelManager(kernel_name=name)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=3600)
    times = {"kernel answers": time.monotonic() - began}
    try:
        if name != "intone":
            execute(client, ":load_config --quiet")
            execute(client, "use intone::prelude::*;")
        execute(client, "1 + 1")
        times["first result, start included"] = time.monotonic() - began
        times["memory before types are inferred, MB"] = memory(manager.provisioner.pid)
        times["a plain cell"] = execute(client, PLAIN)[0]
        times["a typed let"] = execute(client, TYPED)[0]
        times["a frame"] = execute(client, FRAME)[0]
        took, printed = execute(client, MODEL)
        times["a model trained in the cell, over its own work"] = took - float(printed.rpartition("own work")[2])
        times["first untyped let"] = execute(client, UNTYPED)[0]
        times["next untyped let"] = execute(client, UNTYPED.replace("let duration", "let again"))[0]
        times["memory once types are inferred, MB"] = memory(manager.provisioner.pid)
        times["whole session"] = time.monotonic() - began
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return times


def main():
    names = sys.argv[1:] or ["intone"]
    results = {name: [] for name in names}
    for name in names:
        measure(name)
    for _ in range(ROUNDS):
        for name in names:
            results[name].append(measure(name))
    print("| seconds | " + " | ".join(names) + " |")
    print("| --- |" + " --- |" * len(names))
    for row in results[names[0]][0]:
        figures = [f"{statistics.median(times[row] for times in results[name]):.2f}" for name in names]
        print(f"| {row} | " + " | ".join(figures) + " |")


if __name__ == "__main__":
    main()
