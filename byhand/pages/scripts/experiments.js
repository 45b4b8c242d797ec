const COLOURS = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70"];
const WORST_TO_BEST = [[0, COLOURS[2]], [0.5, COLOURS[3]], [1, COLOURS[0]]];
const CURVES_AT_FIRST = 6, MOST_NAMED = 12;  // more names would overlap
const { experiments, params, metrics } = data;
const element = (id) => document.getElementById(id);
const ticked = new Set();

const value = (experiment, key) => experiment.params[key] ?? experiment.metrics[key];
const words = (x) => typeof x === "number" ? String(+x.toPrecision(5)) : x === undefined ? "–" : JSON.stringify(x);
const isLoss = (metric) => /loss|rmse/.test(metric);

// values for an axis: numbers on a scale, [256] as 256; other values as names at equal distances.
// On a scale, an experiment without a value is left out: the commit may have no lr for one model.
function axis(key) {
  const all = experiments.map((experiment) => value(experiment, key));
  const values = all.map((x) => Array.isArray(x) && x.length === 1 ? x[0] : x);
  if (values.every((x) => x === undefined || typeof x === "number")) return { values, ticks: {} };
  const names = [...new Set(values.map(words))];
  const places = values.map((x) => names.indexOf(words(x)));
  return { values: places, ticks: { tickvals: names.map((_, i) => i), ticktext: names.map(plain) } };
}

// as plain in figures.py
const plain = (text) => text.replace(/[<&]/g, "$&\u200b");

function options(id, names, chosen) {
  for (const name of names) element(id).append(new Option(name, name, false, name === chosen));
  element(id).addEventListener("change", draw);
}

function cell(row, text, name = "td") {
  const made = document.createElement(name);
  made.append(text);
  row.append(made);
  return made;
}

function table(metric, ranked) {
  element("head").replaceChildren();
  for (const title of ["experiment", metric, ...params]) cell(element("head"), title, "th");
  element("rows").replaceChildren(...ranked.map((experiment, rank) => {
    const row = document.createElement("tr"), box = document.createElement("input"), label = document.createElement("label");
    box.type = "checkbox";
    box.checked = ticked.has(experiment.name);
    box.addEventListener("change", () => {
      ticked[box.checked ? "add" : "delete"](experiment.name);
      curves();
    });
    label.append(box, ` ${experiment.name}`);
    cell(row, label);
    cell(row, words(value(experiment, metric))).className = rank ? "" : "best";
    for (const key of params) cell(row, words(value(experiment, key)));
    return row;
  }));
}

function parallel(metric) {
  const dimensions = [...params, metric].map((key) => {
    const { values, ticks } = axis(key);
    return { label: key.split(": ").pop(), values, ...(ticks.tickvals ? ticks : {}) };
  });
  const colour = experiments.map((experiment) => value(experiment, metric));
  show("parallel", {
    data: [{ type: "parcoords", dimensions, labelangle: -20, labelside: "bottom", rangefont: { color: "rgba(0,0,0,0)" },
             line: { color: colour, colorscale: WORST_TO_BEST, reversescale: isLoss(metric) } }],
    layout: { height: 420, margin: { l: 130, r: 60, t: 30, b: 90 } },
  });
}

function scatter(metric) {
  const x = element("x").value, { values, ticks } = axis(x);
  show("scatter", {
    data: [{ type: "scatter", mode: experiments.length > MOST_NAMED ? "markers" : "markers+text", x: values, y: experiments.map((e) => value(e, metric)),
             text: experiments.map((e) => plain(e.name)), textposition: "top center", cliponaxis: false,
             marker: { size: 10, color: COLOURS[0] }, hovertemplate: "%{text}: %{y:.5~g}<extra></extra>" }],
    layout: { height: 420, margin: { l: 60, r: 40, t: 30, b: 50 },
              xaxis: { title: { text: x }, automargin: true, ...ticks }, yaxis: { title: { text: metric }, automargin: true } },
  });
}

function curves() {
  const model = element("model").value, column = element("column").value;
  const drawn = experiments.filter((e) => ticked.has(e.name) && e.curves[model]);
  const none = { text: "no ticked experiment has its own curves", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 };
  show("curves", {
    data: drawn.map((e, i) => ({
      type: "scatter", mode: "lines+markers", name: plain(e.name), x: e.curves[model].epoch, y: e.curves[model][column],
      line: { color: COLOURS[i % COLOURS.length], dash: i < COLOURS.length ? "solid" : "dash" },
    })),
    layout: { height: 420, margin: { l: 60, r: 20, t: 30, b: 50 }, showlegend: true, legend: { orientation: "h", y: -0.25 },
              annotations: drawn.length ? [] : [none],
              xaxis: { title: { text: "epoch" } }, yaxis: { title: { text: column.replace("_", " ") }, automargin: true } },
  });
}

function draw() {
  const metric = element("metric").value, sign = isLoss(metric) ? 1 : -1;
  const known = experiments.filter((e) => value(e, metric) !== undefined);
  const ranked = known.sort((a, b) => sign * (value(a, metric) - value(b, metric)));
  if (!ticked.size) for (const e of ranked.slice(0, CURVES_AT_FIRST)) ticked.add(e.name);
  table(metric, ranked);
  parallel(metric);
  scatter(metric);
  curves();
}

const models = [...new Set(experiments.flatMap((e) => Object.keys(e.curves)))];
const first = ["test accuracy", "accuracy", ""].map((end) => metrics.find((m) => m.endsWith(end))).find(Boolean);
options("metric", metrics, first);
options("x", [...params, ...metrics], params[0]);
options("model", models, models.includes(first?.split(":")[0]) ? first.split(":")[0] : models[0]);
options("column", ["train_loss", "train_acc", "test_acc"], "test_acc");
draw();
dark.addEventListener("change", draw);
