// ---- What the stepper says about a step: the rule of an operation, and its arithmetic in numbers ----
const arithmetic = (() => {
  const shown = (number) => {
    const text = Math.abs(number) < 1000 ? number.toFixed(3) : number.toExponential(2);
    return text.replace(/^-(0\.000)$/, "$1").replaceAll("-", "−");
  };
  const inBrackets = (text) => text.startsWith("−") ? `(${text})` : text;
  const factor = (number) => inBrackets(shown(number));
  const added = (terms) => terms.join(" + ");
  const dot = (a, b) => added(a.map((number, k) => `${factor(number)} × ${factor(b[k])}`));
  const column = (a, j) => a.map((row) => row[j]);
  const passed = (g, i, j) => shown(g[i][j]);

  // By operation: the rule that backward() applies, where ḡ is the gradient of the operation's value; then
  // the number in row i and column j, spelled: of the value, and of the share of each input
  const SPELLED = {
    "T": {
      rule: "The input gets ḡ, transposed back.",
      value: ([a], i, j) => shown(a[j][i]),
      shares: [({ g }, i, j) => passed(g, j, i)],
    },
    "@": {
      rule: "Each factor gets the product of ḡ and the other factor, transposed.",
      value: ([a, b], i, j) => dot(a[i], column(b, j)),
      shares: [({ g, b }, i, j) => dot(g[i], b[j]), ({ g, a }, i, j) => dot(column(a, i), column(g, j))],
    },
    "+": {
      rule: "Both inputs get ḡ.",
      value: ([a, b], i, j) => added([factor(a[i][j]), factor(b[i][b[0].length > 1 ? j : 0])]),
      shares: [
        ({ g }, i, j) => passed(g, i, j),
        ({ g, b }, i, j) => b[0].length < g[0].length ? added(g[i].map(factor)) : passed(g, i, j),
      ],
    },
    "- largest": {
      rule: "The input gets ḡ, because the largest number counts as a constant.",
      value: ([a], i, j) => `${shown(a[i][j])} − ${factor(Math.max(...a.flat()))}`,
      shares: [({ g }, i, j) => passed(g, i, j)],
    },
    "-": {
      rule: "The input gets −ḡ.",
      value: ([a], i, j) => `−${factor(a[i][j])}`,
      shares: [({ g }, i, j) => `−${factor(g[i][j])}`],
    },
    "× 1/n": {
      rule: "The input gets ḡ times 1/n.",
      value: ([a], i, j) => `${factor(a[i][j])} × 1/1`,
      shares: [({ g }, i, j) => `${factor(g[i][j])} × 1/1`],
    },
    "relu": {
      rule: "The input gets ḡ where it is above 0, and 0 elsewhere.",
      value: ([a], i, j) => `max(${shown(a[i][j])}, 0)`,
      shares: [({ g, a }, i, j) => `${factor(g[i][j])} × ${a[i][j] > 0 ? 1 : 0}`],
    },
    "exp": {
      rule: "The input gets ḡ times the output, because exp is its own derivative.",
      value: ([a], i, j) => `exp(${shown(a[i][j])})`,
      shares: [({ g, output }, i, j) => `${factor(g[i][j])} × ${factor(output[i][j])}`],
    },
    "log": {
      rule: "The input gets ḡ divided by the input.",
      value: ([a], i, j) => `log(${shown(a[i][j])})`,
      shares: [({ g, a }, i, j) => `${factor(g[i][j])} / ${factor(a[i][j])}`],
    },
    "sum": {
      rule: "Every term gets ḡ.",
      value: ([a]) => added(a.flat().map(factor)),
      shares: [({ g }) => passed(g, 0, 0)],
    },
    "[ ]": {
      rule: "The chosen number gets ḡ. The others get 0.",
      value: ([a], i, j, chosen) => shown(a[0][chosen]),
      shares: [({ g, chosen }, i, j) => `${factor(g[0][0])} × ${j === chosen ? 1 : 0}`],
    },
    "log-softmax": {
      rule: "The input gets ḡ, minus the probabilities times the sum of ḡ.",
      value: ([a], i, j) => `${shown(a[i][j])} − log(${added(a[i].map((number) => `exp(${shown(number)})`))})`,
      shares: [({ g, output }, i, j) =>
        `${shown(g[i][j])} − ${factor(Math.exp(output[i][j]))} × (${added(g[i].map(factor))})`],
    },
  };

  // lines such as v2[1] = 1.000 × 0.500 + 2.000 × 0.300 = 1.100: one for each number of a row, and of a
  // matrix of more rows its first number alone
  function lines(name, numbers, spell) {
    const line = (j) => {
      const place = numbers.length > 1 ? "[1, 1]" : numbers[0].length > 1 ? `[${j + 1}]` : "";
      const spelled = spell(0, j), result = shown(numbers[0][j]);
      return `${name}${place} = ${spelled === result ? "" : `${spelled} = `}${result}`;
    };
    return (numbers.length > 1 ? [0] : [...numbers[0].keys()]).map(line);
  }

  // how a node's value is computed
  function ofValue({ name, operation, inputs }, values, value, chosen) {
    const of = inputs.map((input) => values[input]);
    return lines(name, value, (i, j) => SPELLED[operation].value(of, i, j, chosen));
  }

  // how a node's gradient is computed; uses: the nodes computed from it, each { node, share, g, output },
  // where share says which input of the node it is
  function ofGradient(name, gradient, uses, values, chosen) {
    return lines(`ḡ(${name})`, gradient, (i, j) => {
      const shares = uses.map(({ node, share, g, output }) => {
        const [a, b] = node.inputs.map((input) => values[input]);
        return SPELLED[node.operation].shares[share]({ g, a, b, output, chosen }, i, j);
      });
      return shares.length > 1 ? added(shares.map(inBrackets)) : shares[0];
    });
  }

  const rules = Object.fromEntries(Object.entries(SPELLED).map(([operation, { rule }]) => [operation, rule]));
  return { shown, rules, ofValue, ofGradient };
})();
