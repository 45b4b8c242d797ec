// ---- The model: the same as byhand/scratch and byhand/training/loop.py ----
// A matrix has its numbers in a Float64Array, row by row. A layer is { weight, bias }, with weight
// (outputs, inputs). A model of one layer is softmax regression.

const matrix = (rows, columns, numbers = new Float64Array(rows * columns)) => ({ rows, columns, numbers });
const rowOf = ({ columns, numbers }, row) => numbers.subarray(row * columns, (row + 1) * columns);
const map = (a, change) => matrix(a.rows, a.columns, a.numbers.map(change));
const transposed = (a) => map(matrix(a.columns, a.rows), (_, i) => a.numbers[i % a.rows * a.columns + Math.floor(i / a.rows)]);

function product(a, b) {  // (rows, inner) · (inner, columns)
  const result = matrix(a.rows, b.columns);
  for (let row = 0; row < a.rows; row++) {
    for (let inner = 0; inner < a.columns; inner++) {
      const factor = a.numbers[row * a.columns + inner];
      for (let column = 0; column < b.columns; column++) {
        result.numbers[row * b.columns + column] += factor * b.numbers[inner * b.columns + column];
      }
    }
  }
  return result;
}

// features · weightᵀ + bias, (rows, outputs)
const linear = (features, { weight, bias }) =>
  map(product(features, transposed(weight)), (number, i) => number + bias[i % bias.length]);
// ∂loss/∂weight = gradientᵀ · features
// ∂loss/∂bias = sum of gradient over the rows
function linearGradients(features, gradient) {
  const bias = new Float64Array(gradient.columns);
  gradient.numbers.forEach((slope, i) => bias[i % bias.length] += slope);
  return { weight: product(transposed(gradient), features), bias };
}

// max(values, 0); the gradient passes where the output is above 0
const relu = (values) => map(values, (value) => value > 0 ? value : 0);
const reluGradient = (outputs, gradient) => map(gradient, (slope, i) => outputs.numbers[i] > 0 ? slope : 0);

// loss = mean of -log(softmax(logits)[row, target]) over the rows
// ∂loss/∂logits = (softmax(logits) - one_hot(targets)) / rows
function crossEntropy(logits, targets) {
  const gradient = matrix(logits.rows, logits.columns);
  let loss = 0;
  targets.forEach((target, row) => {
    const ofRow = rowOf(logits, row), largest = Math.max(...ofRow);  // subtracted, so that exp can't overflow
    const logSum = Math.log(ofRow.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    rowOf(gradient, row).set(ofRow.map((logit, label) =>
      // expm1 is exp - 1: the target's probability minus the 1 of one_hot
      (label === target ? Math.expm1 : Math.exp)(logit - largest - logSum) / logits.rows));
    loss -= (ofRow[target] - largest - logSum) / logits.rows;
  });
  return { loss, gradient };
}

// the inputs of each layer, first layer first, then the logits
function forward(layers, features) {
  const values = [features];
  for (const layer of layers.slice(0, -1)) values.push(relu(linear(values.at(-1), layer)));
  return [...values, linear(values.at(-1), layers.at(-1))];
}

// backpropagation, last layer first: the gradient of a layer's outputs gives the gradients of its weight
// and bias, and the gradient of the outputs before it, gradient · weight, where relu lets it pass
function learn(layers, features, targets) {
  const values = forward(layers, features), logits = values.pop(), gradients = [];
  let { loss, gradient } = crossEntropy(logits, targets);
  for (let i = layers.length - 1; i >= 0; i--) {
    gradients.unshift(linearGradients(values[i], gradient));
    if (i > 0) gradient = reluGradient(values[i], product(gradient, layers[i].weight));
  }
  return { loss, logits, gradients };
}

// the class of each row's largest logit
const largest = (logits) => Uint8Array.from({ length: logits.rows }, (_, row) =>
  rowOf(logits, row).indexOf(Math.max(...rowOf(logits, row))));
const predict = (layers, features) => largest(forward(layers, features).at(-1));
const hits = (predicted, targets) => predicted.reduce((sum, label, row) => sum + (label === targets[row]), 0);

// velocity ← momentum · velocity + gradient + weight_decay · parameter
// parameter ← parameter - lr · velocity
function step(parameters, velocities, gradients, lr, momentum, weight_decay) {
  parameters.forEach((parameter, i) => gradients[i].forEach((slope, j) => {
    velocities[i][j] = momentum * velocities[i][j] + slope + weight_decay * parameter[j];
    parameter[j] -= lr * velocities[i][j];
  }));
}

// trains the layers in place, without an end; yields nothing after a batch, so that a page can draw,
// and an epoch's figures after its last batch, as training/loop.py does
function* train(layers, trainSet, testSet, settings, random) {
  const { lr, momentum, schedule, weight_decay, epochs, batch_size, shuffle, drop_last } = settings;
  const order = Uint32Array.from(trainSet.targets.keys());
  const kept = drop_last ? order.length - order.length % batch_size : order.length;
  const numbersOf = (tensors) => tensors.flatMap(({ weight, bias }) => [weight.numbers, bias]);
  const parameters = numbersOf(layers), velocities = parameters.map((numbers) => numbers.map(() => 0));
  for (let epoch = 1; ; epoch++) {
    const falling = schedule === "cosine" ? (1 + Math.cos(Math.PI * Math.min(1, (epoch - 1) / epochs))) / 2 : 1;
    if (shuffle) shuffleRows(order, random);
    let lossSum = 0, hitSum = 0;
    for (let start = 0; start < kept; start += batch_size) {
      const rows = order.subarray(start, Math.min(start + batch_size, kept));
      const features = takeRows(trainSet.features, rows), targets = rows.map((row) => trainSet.targets[row]);
      const { loss, logits, gradients } = learn(layers, features, targets);
      step(parameters, velocities, numbersOf(gradients), lr * falling, momentum, weight_decay);
      lossSum += loss * rows.length;
      hitSum += hits(largest(logits), targets);
      yield;
    }
    const test_acc = hits(predict(layers, testSet.features), testSet.targets) / testSet.targets.length;
    yield { epoch, train_loss: lossSum / kept, train_acc: hitSum / kept, test_acc };
  }
}

const takeRows = ({ columns, numbers }, rows) => map(matrix(rows.length, columns), (_, i) =>
  numbers[rows[Math.floor(i / columns)] * columns + i % columns]);
const shuffleRows = (order, random) => order.forEach((row, i) => {  // in place, as Fisher and Yates do
  const other = Math.floor((i + 1) * random());
  [order[i], order[other]] = [order[other], row];
});
const randomFrom = (seed) => () => {  // numbers in [0, 1): mulberry32
  seed = seed + 0x6d2b79f5 | 0;
  let mixed = Math.imul(seed ^ seed >>> 15, seed | 1);
  mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
  return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
};

// arrays in base64, as trainer.py writes them
const decoded = (text, type) => new type(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const asMatrix = ({ rows, columns, numbers }) => matrix(rows, columns, decoded(numbers, Float64Array));
const asSet = ({ features, targets }) => ({ features: asMatrix(features), targets: decoded(targets, Uint8Array) });

// the pipeline's initial layers; for other hidden layers, weights from N(0, std²) by Box and Muller, biases 0
function initialLayers(spec, hidden, random) {
  if (`${hidden}` === `${spec.hidden}`) {
    return spec.initial.map(({ weight, bias }) => ({ weight: asMatrix(weight), bias: decoded(bias, Float64Array) }));
  }
  const normal = () => spec.init_std * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sizes = [spec.train.features.columns, ...hidden, spec.class_names.length];
  return sizes.slice(1).map((outputs, i) =>
    ({ weight: map(matrix(outputs, sizes[i]), normal), bias: new Float64Array(outputs) }));
}

if (typeof module !== "undefined") module.exports = { asSet, initialLayers, learn, randomFrom, shuffleRows, train };

// ---- The page ----
const SLICE = 20;  // ms of training between two frames of the page
const LOOKS = 4;  // drawings of the points in an epoch

// fills an element with a playground; trainer.py makes the spec
function mountTrainer(element, spec) {
  const trainSet = asSet(spec.train), testSet = asSet(spec.test), keys = Object.keys(spec.figures);
  const points = takeRows(testSet.features, spec.drawn), labels = spec.drawn.map((row) => testSet.targets[row]);
  let settings, layers, run, history, theirs, isTheirs, isTraining, turn = 0;

  const said = (tag, text, attributes = "") => `<${tag} ${attributes} data-say="${text}"></${tag}>`;
  const button = (name, text) => said("button", text, `type="button" name="${name}"`);
  const slider = ({ key, label, values }) => `<label>${said("span", label)} <b></b> <input type="range" name="${key}"
    max="${values.length - 1}" value="${values.map(String).indexOf(`${spec[key]}`)}"></label>`;
  const card = (title, inside) => `<figure class="card">${said("h3", title)}${inside}</figure>`;
  const chart = ([part, { title }]) => card(title, `<div class="chart" id="chart-trainer-${spec.name}-${part}"></div>`);
  const columns = ["epoch", ...Object.values(spec.figures), "largest difference from the pipeline"].map((text) => said("th", text));
  element.innerHTML = `<form class="trainer">${spec.sliders.map(slider).join("")}
    <label><input type="checkbox" name="shuffle"${spec.shuffle ? " checked" : ""}> ${said("span", "shuffle the rows")}</label>
    <div>${button("train", "Train")} ${button("one", "One epoch")} ${button("reset", "Reset")}</div><p role="status"></p></form>
    <div class="grid wide">${Object.entries(spec.charts).map(chart).join("")}${card("Epoch by epoch",
      `<table><thead><tr>${columns.join("")}</tr></thead><tbody></tbody></table><p></p>`)}</div>`;
  const find = (selector) => element.querySelector(selector), inputs = find("form").elements;

  function reset() {  // starts again with the current settings
    settings = { ...spec, shuffle: inputs.shuffle.checked };
    for (const { key, values } of spec.sliders) {
      settings[key] = values[inputs[key].value];
      inputs[key].ariaValueText = inputs[key].previousElementSibling.textContent = `${settings[key]}` || "0";
    }
    const random = randomFrom(spec.seed), atRate = (lr) => spec.history.filter((row) => row.lr === lr);
    layers = initialLayers(spec, settings.hidden, random);
    run = train(layers, trainSet, testSet, settings, random);
    history = [];
    theirs = atRate(atRate(settings.lr).length ? settings.lr : spec.lr);
    isTheirs = theirs[0].lr === settings.lr && !spec.shuffle  // PyTorch shuffles into another order
      && ["shuffle", "batch_size", "hidden"].every((key) => `${settings[key]}` === `${spec[key]}`);
    stop();
    redraw();
  }

  // trains up to an epoch, unless a click before takes the turn
  async function trainTo(epoch) {
    const mine = ++turn, batches = Math.ceil(trainSet.targets.length / settings.batch_size / LOOKS);
    isTraining = true;
    tell();
    for (let batch = 1, came, isLook; mine === turn;) {
      const end = performance.now() + SLICE;
      do [came, isLook] = [run.next().value, batch++ % batches === 0]; while (!came && !isLook && performance.now() < end);
      if (came) history.push(came);
      for (const part of came ? parts : isLook ? [drawPoints] : [() => {}]) {
        part();
        await new Promise(requestAnimationFrame);
      }
      if (mine === turn && came?.epoch >= epoch) stop();
    }
  }

  function tell() {
    inputs.train.dataset.say = isTraining ? "Pause" : "Train";
    for (const node of element.querySelectorAll("[data-say]")) node.textContent = inLanguage(node.dataset.say);
    find("tbody").innerHTML = Array.from({ length: Math.max(spec.epochs, history.length) }, (_, i) => {
      const off = isTheirs && history[i] && theirs[i] && keys.map((key) => Math.abs(history[i][key] - theirs[i][key]));
      return [i + 1, ...keys.map((key) => history[i]?.[key].toFixed(5) ?? "–"),
        off ? Math.max(...off).toExponential(0).replace("0e+0", "0") : "–"];
    }).map((cells) => `<tr><td>${cells.join("</td><td>")}</td></tr>`).join("");
    const { notes } = spec, isNumber = Number.isFinite(history.at(-1)?.train_loss ?? 0);
    find("[role=status]").textContent = isNumber ? inLanguage("epoch {}", history.length) : inLanguage(notes.diverged);
    find("table + p").textContent = inLanguage(isTheirs ? notes.same : notes.other);
  }

  function drawPoints() {
    const { class_names, colours, cloud } = spec, predicted = predict(layers, points);
    draw("points", [...class_names, inLanguage("wrong")].map((name, label) => {
      const isClass = label < class_names.length;
      const rows = [...labels.keys()].filter((row) => predicted[row] === labels[row] ? labels[row] === label : !isClass);
      const [x, y, z] = [0, 1, 2].map((axis) => rows.length ? rows.map((row) => rowOf(points, row)[axis]) : [null]);
      const text = rows.map((row) => isClass ? name : `${class_names[labels[row]]} → ${class_names[predicted[row]]}`);
      const color = isClass ? colours[label] : rows.map((row) => colours[predicted[row]]);
      return { ...cloud, x, y, z, name, text, marker: { ...cloud.marker, color, line: { width: isClass ? 0 : 1 } } };
    }));
  }

  function drawCurves(part) {
    draw(part, spec.charts[part].traces.map(({ key, of, ...look }) => {
      const rows = of ? theirs : history, name = translated([spec.figures[key], of].filter(Boolean)).join(" · ");
      return { ...look, name, x: [null, ...rows.map((row) => row.epoch)], y: [null, ...rows.map((row) => row[key])] };
    }));
  }

  function draw(part, data) {
    const layout = { ...translated(spec.charts[part].layout), uirevision: 1 };  // keeps what the reader turned or hid
    show(`trainer-${spec.name}-${part}`, { data, layout });
  }

  const parts = [tell, drawPoints, () => drawCurves("loss"), () => drawCurves("accuracy")];
  const redraw = () => parts.forEach((part) => part());
  const stop = () => { turn++; isTraining = false; tell(); };
  const goOn = (epochs) => trainTo(history.length + epochs - history.length % epochs);
  const clicks = { reset, one: () => goOn(1), train: () => isTraining ? stop() : goOn(spec.epochs) };
  for (const [name, click] of Object.entries(clicks)) inputs[name].addEventListener("click", click);
  find("form").addEventListener("input", reset);
  document.addEventListener("language", redraw);
  dark.addEventListener("change", redraw);
  reset();
}
