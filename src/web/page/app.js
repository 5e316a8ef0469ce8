// The page: what its two choices, the samples and dropped files do.

import * as api from "./api.js";
import { classOf } from "./colours.js";
import { byId, make, problem } from "./dom.js";
import { Live } from "./live.js";
import { Uploads } from "./upload.js";
import { NOT_SURE, percent } from "./words.js";

function describe({ card, live, version }) {
  const rows = [
    ["Name", card.name],
    ["Learnt from", card.data],
    ["Scores", card.scores],
    ["Limits", card.limits],
    ["Cite", card.citation],
    ["Live", `the last ${live.window_s} s, every ${live.hop_ms} ms`],
    ["Live model", live.card.run === card.run ? "" : `${live.card.name}. ${live.card.scores}`],
    ["Version", `intone ${version}`],
  ];
  const pairs = rows.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(value))));
  byId("card").replaceChildren(...pairs);
}

async function offerSamples(labels, uploads) {
  const samples = await api.samples();
  const chips = samples.map((sample) => {
    const chip = make("button", { type: "button", class: `chip ${classOf(sample.emotion, labels)}` }, sample.emotion);
    chip.onclick = async () => {
      problem("");
      try {
        await uploads.add([await api.sample(sample)]);
        byId("clips").scrollIntoView({ block: "start" });
      } catch (error) {
        problem(error.message);
      }
    };
    return chip;
  });
  byId("samples").append(...chips);
  byId("samples").hidden = chips.length === 0;
}

function offerUpload(uploads) {
  const take = async (files) => {
    if (files.length === 0) return;
    problem("");
    const judged = uploads.add([...files]);
    byId("clips").scrollIntoView({ block: "start" });
    await judged;
  };
  const picker = byId("files");
  byId("choose").onclick = () => picker.click();
  picker.onchange = () => {
    take([...picker.files]);
    picker.value = "";
  };
  const over = (event, isOver) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    byId("drop").classList.toggle("over", isOver);
  };
  addEventListener("dragover", (event) => over(event, true));
  addEventListener("dragleave", (event) => event.relatedTarget === null && over(event, false));
  addEventListener("drop", (event) => {
    over(event, false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

async function begin() {
  byId("threshold").textContent = percent(NOT_SURE);
  byId("problem").querySelector("button").onclick = () => problem("");
  for (const id of ["listen", "choose"]) byId(id).disabled = true;
  const model = await api.model();
  describe(model);
  const uploads = new Uploads(model.labels, model.limits);
  const live = new Live(model);
  offerUpload(uploads);
  byId("listen").onclick = () => live.start();
  for (const id of ["listen", "choose"]) byId(id).disabled = false;
  await offerSamples(model.labels, uploads);
}

begin().catch((error) => problem(error.message));
