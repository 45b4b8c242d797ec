// ---- Chapter 1's engine, as byhand/autograd/engine.py, for the graph that the page shows ----
// A matrix is an array of rows. A node is { operation, inputs, value }: inputs are places of earlier
// nodes, and the reader gives the value of a node without an operation.
const engine = (() => {
  const each = (a, change) => a.map((row, i) => row.map((number, j) => change(number, i, j)));
  const flipped = (a) => a[0].map((_, j) => a.map((row) => row[j]));
  const product = (a, b) => a.map((row) => flipped(b).map((column) => total(row.map((x, k) => x * column[k]))));
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const largest = (a) => Math.max(...a.flat());
  // the sum is of one row; b may have one number, which is added to every number of the row
  const at = (b, i, j) => b[i][b[0].length > 1 ? j : 0];
  const summed = (g, b) => b[0].length < g[0].length ? g.map((row) => [total(row)]) : g;
  const isChosen = (j, chosen) => j === chosen ? 1 : 0;

  // An operation computes a value from its inputs. Then it gives a share of the gradient to each input:
  // `shares` gets g, the gradient of its value, its inputs and its value.
  const OPERATIONS = {
    "T": { value: ([a]) => flipped(a), shares: (g) => [flipped(g)] },
    "@": {
      value: ([a, b]) => product(a, b),
      shares: (g, [a, b]) => [product(g, flipped(b)), product(flipped(a), g)],
    },
    "+": {
      value: ([a, b]) => each(a, (number, i, j) => number + at(b, i, j)),
      shares: (g, [, b]) => [g, summed(g, b)],
    },
    "- largest": { value: ([a]) => each(a, (number) => number - largest(a)), shares: (g) => [g] },
    "-": { value: ([a]) => each(a, (number) => -number), shares: (g) => [each(g, (slope) => -slope)] },
    "× 1/n": { value: ([a]) => a, shares: (g) => [g] },  // the graph has one sample
    "relu": {
      value: ([a]) => each(a, (number) => Math.max(number, 0)),
      shares: (g, [a]) => [each(g, (slope, i, j) => a[i][j] > 0 ? slope : 0)],
    },
    "exp": {
      value: ([a]) => each(a, Math.exp),
      shares: (g, _, exp) => [each(g, (slope, i, j) => slope * exp[i][j])],
    },
    "log": { value: ([a]) => each(a, Math.log), shares: (g, [a]) => [each(g, (slope, i, j) => slope / a[i][j])] },
    "sum": { value: ([a]) => [[total(a.flat())]], shares: ([[slope]], [a]) => [each(a, () => slope)] },
    "[ ]": {
      value: ([a], chosen) => [[a[0][chosen]]],
      shares: ([[slope]], [a], _, chosen) => [each(a, (_, i, j) => slope * isChosen(j, chosen))],
    },
    // six of these operations at once
    "log-softmax": {
      value: ([a]) => {
        const shifted = each(a, (number) => number - largest(a));
        const logSum = Math.log(total(shifted.flat().map(Math.exp)));
        return each(shifted, (number) => number - logSum);
      },
      shares: (g, _, logs) => [each(g, (slope, i, j) => slope - Math.exp(logs[i][j]) * total(g[i]))],
    },
  };

  // the value of each node; inputs come before what is computed from them
  function forward(nodes, chosen) {
    const values = [];
    for (const { operation, inputs, value } of nodes) {
      values.push(operation ? OPERATIONS[operation].value(inputs.map((i) => values[i]), chosen) : value);
    }
    return values;
  }

  // the gradient of the last node, the loss, with respect to each node: the loss first, and each node
  // after all nodes that were computed from it; shares add up
  function backward(nodes, values, chosen) {
    const gradients = values.map((value) => each(value, () => 0));
    gradients[nodes.length - 1] = [[1]];
    for (let n = nodes.length - 1; n >= 0; n--) {
      const { operation, inputs } = nodes[n];
      if (!operation) continue;
      const shares = OPERATIONS[operation].shares(gradients[n], inputs.map((i) => values[i]), values[n], chosen);
      inputs.forEach((input, i) => {
        gradients[input] = each(gradients[input], (slope, row, column) => slope + shares[i][row][column]);
      });
    }
    return gradients;
  }

  // a graph with log-softmax as one node; the nodes inside it are left out, and their places stay empty
  const fold = (nodes, folded) => nodes.map((node, i) => {
    if (!node.is_inside) return node;
    return nodes[i + 1].is_inside ? { ...node, operation: "", inputs: [], value: [[0]] } : folded;
  });

  return { forward, backward, fold };
})();
