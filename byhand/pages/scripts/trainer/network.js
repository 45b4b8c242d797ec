// ---- The model: the same as byhand/scratch and byhand/training/loop.py ----
// A matrix has its numbers in a Float64Array, row by row. A model is { layers, activation }; a layer is
// { weight, bias }, with weight (outputs, inputs). A model of one layer is softmax regression.

const matrix = (rows, columns, numbers = new Float64Array(rows * columns)) => ({ rows, columns, numbers });
const rowOf = ({ columns, numbers }, row) => numbers.subarray(row * columns, (row + 1) * columns);
const map = (a, change) => matrix(a.rows, a.columns, a.numbers.map(change));
function transposed({ rows, columns, numbers }) {
  const result = matrix(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result.numbers[column * rows + row] = numbers[row * columns + column];
  }
  return result;
}

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
function linear(features, { weight, bias }) {
  const result = product(features, transposed(weight)), { numbers } = result;
  for (let i = 0; i < numbers.length; i++) numbers[i] += bias[i % bias.length];
  return result;
}
// ∂loss/∂weight = gradientᵀ · features
// ∂loss/∂bias = sum of gradient over the rows
function linearGradients(features, gradient) {
  const bias = new Float64Array(gradient.columns);
  gradient.numbers.forEach((slope, i) => bias[i % bias.length] += slope);
  return { weight: product(transposed(gradient), features), bias };
}

// what a hidden unit makes of its sum, and its derivative: a formula of its output
const ACTIVATIONS = {
  relu: { of: (sum) => sum > 0 ? sum : 0, derivative: (output) => output > 0 ? 1 : 0 },
  tanh: { of: Math.tanh, derivative: (output) => 1 - output * output },
};

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
function forward({ layers, activation }, features) {
  const values = [features];
  for (const layer of layers.slice(0, -1)) values.push(map(linear(values.at(-1), layer), ACTIVATIONS[activation].of));
  return [...values, linear(values.at(-1), layers.at(-1))];
}

// backpropagation, last layer first: the gradient of a layer's outputs gives the gradients of its weight
// and bias, and the gradient of the outputs before it, gradient · weight, times the activation's derivative
function learn(model, features, targets) {
  const { layers, activation } = model, { derivative } = ACTIVATIONS[activation];
  const values = forward(model, features), logits = values.pop(), gradients = [];
  let { loss, gradient } = crossEntropy(logits, targets);
  for (let i = layers.length - 1; i >= 0; i--) {
    gradients.unshift(linearGradients(values[i], gradient));
    if (i > 0) {
      const outputs = values[i].numbers;
      gradient = map(product(gradient, layers[i].weight), (slope, j) => slope * derivative(outputs[j]));
    }
  }
  return { loss, logits, gradients };
}

// the class of each row's largest logit
const largest = (logits) => Uint8Array.from({ length: logits.rows }, (_, row) =>
  rowOf(logits, row).indexOf(Math.max(...rowOf(logits, row))));
const predict = (model, features) => largest(forward(model, features).at(-1));
const hits = (predicted, targets) => predicted.reduce((sum, label, row) => sum + (label === targets[row]), 0);

// velocity ← momentum · velocity + gradient + weight_decay · parameter
// parameter ← parameter - lr · velocity
function step(parameters, velocities, gradients, lr, momentum, weight_decay) {
  parameters.forEach((parameter, i) => gradients[i].forEach((slope, j) => {
    velocities[i][j] = momentum * velocities[i][j] + slope + weight_decay * parameter[j];
    parameter[j] -= lr * velocities[i][j];
  }));
}

// trains the model in place, without an end; yields nothing after a batch, so that a page can draw,
// and an epoch's figures after its last batch, as training/loop.py does
function* train(model, trainSet, testSet, settings, random) {
  const { lr, momentum, schedule, weight_decay, epochs, batch_size, shuffle, drop_last } = settings;
  const order = Uint32Array.from(trainSet.targets.keys());
  const kept = drop_last ? order.length - order.length % batch_size : order.length;
  const numbersOf = (tensors) => tensors.flatMap(({ weight, bias }) => [weight.numbers, bias]);
  const parameters = numbersOf(model.layers), velocities = parameters.map((numbers) => numbers.map(() => 0));
  for (let epoch = 1; ; epoch++) {
    const falling = schedule === "cosine" ? (1 + Math.cos(Math.PI * Math.min(1, (epoch - 1) / epochs))) / 2 : 1;
    if (shuffle) shuffleRows(order, random);
    let lossSum = 0, hitSum = 0;
    for (let start = 0; start < kept; start += batch_size) {
      const rows = order.subarray(start, Math.min(start + batch_size, kept));
      const features = takeRows(trainSet.features, rows), targets = rows.map((row) => trainSet.targets[row]);
      const { loss, logits, gradients } = learn(model, features, targets);
      step(parameters, velocities, numbersOf(gradients), lr * falling, momentum, weight_decay);
      lossSum += loss * rows.length;
      hitSum += hits(largest(logits), targets);
      yield;
    }
    const test_acc = hits(predict(model, testSet.features), testSet.targets) / testSet.targets.length;
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

// normally distributed numbers, of mean 0 and standard deviation 1: Box and Muller
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// layers of these sizes, the inputs' first: weights from N(0, stdOf(inputs)²), biases 0
const drawnLayers = (sizes, stdOf, random) => sizes.slice(1).map((outputs, i) =>
  ({ weight: map(matrix(outputs, sizes[i]), () => stdOf(sizes[i]) * normal(random)), bias: new Float64Array(outputs) }));

// arrays in base64, as trainer.py writes them
const decoded = (text, type) => new type(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
const asMatrix = ({ rows, columns, numbers }) => matrix(rows, columns, decoded(numbers, Float64Array));
const asSet = ({ features, targets }) => ({ features: asMatrix(features), targets: decoded(targets, Uint8Array) });
const asLayers = (layers) => layers.map(({ weight, bias }) => ({ weight: asMatrix(weight), bias: decoded(bias, Float64Array) }));
