// ---- The stepper: the values in their order, then the gradients in reverse order ----
function mountStepper() {
  const PAUSE = 2500;  // ms between two steps that it takes by itself
  const { nodes, folded, logits, chosen: shipped } = JSON.parse(document.querySelector("#graph").textContent);
  const find = (selector) => document.querySelector(selector);
  const graphCard = find(".graph"), slider = find("#graph-step"), fold = find(".fold"), choice = find("#graph-class");
  const inputs = [...graphCard.querySelectorAll("input")];
  const boxes = nodes.map((_, i) => find(`[data-node="${i}"]`));
  const formulaOf = ({ name, formula }) => name === formula ? name : `${name} = ${formula}`;
  // what the page shows now: the graph, its numbers, the order of its steps, and the step
  let graph, values, gradients, forwards, backwards, step = 0, timer = null, refused = "";

  const isFolded = () => find("#graph-inside").hidden;
  const boxOf = (i) => isFolded() && nodes[i].is_inside ? fold : boxes[i];

  // computes all numbers; the steps only show them
  function compute() {
    const numbersOf = (i) => nodes[i].value.map((row, r) => row.map((_, c) => +valueCells(boxes[i])[r * row.length + c].dataset.kept));
    const own = nodes.map((node, i) => node.operation ? node : { ...node, value: numbersOf(i) });
    graph = isFolded() ? engine.fold(own, folded) : own;
    values = engine.forward(graph, +choice.value);
    gradients = engine.backward(graph, values, +choice.value);
    const shownNodes = [...graph.keys()].filter((i) => !isFolded() || !nodes[i].is_inside || graph[i].operation);
    forwards = shownNodes.filter((i) => graph[i].operation);  // the others are given
    backwards = shownNodes.toReversed();
    slider.max = forwards.length + backwards.length;
  }

  const valueCells = (box) => box.querySelectorAll(".value > input, .value > span");
  const isForward = () => step <= forwards.length;
  const current = () => isForward() ? forwards[step - 1] : backwards[step - forwards.length - 1];

  function show() {
    fold.classList.remove("unknown", "no-gradient", "at");  // an open box shows no numbers
    for (const i of backwards) {
      const box = boxOf(i);
      const fill = (cells, numbers) => numbers.flat().forEach((number, k) => cells[k].textContent = arithmetic.shown(number));
      if (graph[i].operation) fill(valueCells(box), values[i]);
      fill(box.querySelectorAll(".gradient > span"), gradients[i]);
      box.classList.toggle("unknown", forwards.indexOf(i) >= step);
      box.classList.toggle("no-gradient", backwards.indexOf(i) >= step - forwards.length);
      box.classList.toggle("at", i === current());
    }
    slider.value = step;
    const [sentence, lines] = refused ? [refused, []] : said();
    find("#graph-said").textContent = sentence;
    find("#graph-numbers").textContent = lines.join("\n");
    find("#graph-play").textContent = inLanguage(timer ? "Pause" : "Play");
    requestAnimationFrame(drawArrows);  // when the boxes are laid out
  }

  // the sentence of this step, and the lines of its arithmetic
  function said() {
    const i = current(), chosen = +choice.value;
    if (i === undefined) return [inLanguage("The numbers of x, weights and biases are given. Change them as you like. Nothing is computed yet."), []];
    const node = graph[i], { name } = node;
    if (isForward()) {
      return [inLanguage("Forward: {}.", formulaOf(node)), arithmetic.ofValue(node, values, values[i], chosen)];
    }
    const uses = usesOf(i), rules = uses.map(({ node }) => inLanguage(arithmetic.rules[node.operation]));
    if (!uses.length) return [inLanguage("Backward: the gradient ḡ of {} is 1, its derivative by itself.", name), []];
    const from = uses.map(({ node }) => formulaOf(node));
    const sentences = uses.length === 1 ? [inLanguage("Backward: {} gets its gradient ḡ from {}.", name, from[0]), rules[0]]
      : [inLanguage("Backward: {} is used twice, so its gradient ḡ has two shares, from {} and from {}.", name, ...from)];
    if (!node.operation) sentences.push(inLanguage("backward() ends here. An optimizer would move a weight against ḡ."));
    if (i === logits) sentences.push(pMinusY(chosen));
    return [sentences.join(root.lang === "zh" ? "" : " "), arithmetic.ofGradient(name, gradients[i], uses, values, chosen)];
  }

  const usesOf = (i) => forwards.flatMap((user) => graph[user].inputs.flatMap((input, share) =>
    input === i ? [{ node: graph[user], user, share, g: gradients[user], output: values[user] }] : []));

  function pMinusY(chosen) {
    const list = (numbers) => `(${numbers.join(", ")})`;
    const { value } = folded, last = nodes.findLastIndex(({ is_inside }) => is_inside);
    const p = values[last][0].map((log) => arithmetic.shown(Math.exp(log)));
    return inLanguage("This is p − y: the probabilities {} minus {}.", list(p), list(value[0].map((_, j) => j === chosen ? 1 : 0)));
  }

  // an arrow from each input to what is computed from it; the arrows of this step are marked
  function drawArrows() {
    const i = current();
    const edges = forwards.flatMap((to) => graph[to].inputs.map((from) => ({ from, to })));
    drawEdges(graphCard, edges.map(({ from, to }) => ({
      from: boxOf(from),
      to: boxOf(to),
      isFar: nodes[from].is_inside && to > from + 1,
      kind: isForward() ? (to === i ? "forward" : "") : from === i ? "backward" : "",
    })));
  }

  function goTo(next) {
    const last = +slider.max;
    step = (next + last + 1) % (last + 1);
    refused = "";
    show();
    find(".node.at")?.scrollIntoView({ block: "nearest" });
  }

  function play(isOn) {
    clearInterval(timer);
    timer = isOn ? setInterval(() => step < +slider.max ? goTo(step + 1) : play(false), PAUSE) : null;
    show();
  }

  // the reader's own number: refused if it is none
  function take(input) {
    const { max, ariaLabel, valueAsNumber: number } = input, isRefused = !(Math.abs(number) <= +max);
    if (!isRefused) input.dataset.kept = number;
    input.ariaInvalid = isRefused;
    refused = isRefused ? inLanguage("{} must be a number from −{} to {}. The graph keeps {}.", ariaLabel, max, max, input.dataset.kept) : "";
    compute();
    show();
  }

  function reset() {
    for (const input of inputs) {
      input.value = input.dataset.kept = input.defaultValue;
      input.ariaInvalid = false;
    }
    choice.value = shipped;
    compute();
    play(false);
    goTo(0);
  }

  function toggleFold() {
    const at = current(), wasForward = isForward(), isOpen = !isFolded();
    find("#graph-inside").hidden = isOpen;
    fold.classList.toggle("open", !isOpen);
    find("#graph-fold").ariaExpanded = !isOpen;
    compute();
    // stays at its node, or at log-softmax if the node is inside
    const steps = wasForward ? forwards : backwards;
    const place = steps.findIndex((i) => i === at || nodes[i].is_inside && nodes[at]?.is_inside);
    step = at === undefined ? 0 : place + 1 + (wasForward ? 0 : forwards.length);
    show();
  }

  inputs.forEach((input) => input.addEventListener("input", () => take(input)));
  choice.addEventListener("change", () => { compute(); show(); });
  const ownStep = (next) => { play(false); goTo(next); };
  slider.addEventListener("input", () => ownStep(+slider.value));
  find("#graph-next").addEventListener("click", () => ownStep(step + 1));
  find("#graph-previous").addEventListener("click", () => ownStep(step - 1));
  find("#graph-play").addEventListener("click", () => {
    if (!timer) goTo(step + 1);
    play(!timer);
  });
  find("#graph-reset").addEventListener("click", reset);
  find("#graph-fold").addEventListener("click", toggleFold);
  document.addEventListener("language", show);
  new ResizeObserver(drawArrows).observe(graphCard);
  reset();
}

mountStepper();
