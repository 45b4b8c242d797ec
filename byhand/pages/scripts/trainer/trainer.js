// ---- The trainer: the page's part ----
const SLICE = 40;  // ms of training between two frames
const SLOW = 250;  // ms between two drawings of curves and table, which take longer than the regions
const ROWS = 400;  // of a set that is drawn here, in training and in test
const EPOCHS = 100;  // that Train trains on such a set
const MANY = 20;  // epochs: the curves of more have no markers

const tries = {};  // by model: its trainer's function for tryInTrainer

// For exercises: tryInTrainer("mlp_xor_scratch", { set: "moons", lr: 0.1, hidden: 8 }) scrolls to the model's trainer,
// starts again with these settings, trains, and promises the epochs' figures. The keys are the names of the form's
// controls: set (pipeline, xor, moons, circles, spiral), lr, hidden, hidden2, activation (relu, tanh), batch_size,
// weight_decay, each as offered, and shuffle (true, false). What is left out is as the set opens.
function tryInTrainer(model, settings) {
  const form = document.querySelector(`[data-model="${model}"]`);
  make(form);
  form.scrollIntoView();
  return tries[model](settings);
}

// fills a form of parts/trainer.html.j2; trainer.py makes the spec
function mountTrainer(form, spec) {
  const find = (selector) => form.querySelector(selector), inputs = form.elements, keys = Object.keys(spec.figures);
  const plane = { ...spec.plane, directions: asMatrix(spec.plane.directions) };
  const pipelines = { train: asSet(spec.train), test: asSet(spec.test), plane, drawn: spec.drawn, names: spec.class_names };
  const number = (name) => Number(inputs[name]?.value ?? 0), rows = [...find("tbody").rows];
  let data, settings, model, run, history, theirs, isTheirs, isTraining, turn = 0;

  // points drawn from the seed; they lie in a plane, so that all of them are drawn on it
  const newPoints = (name, random) => ({
    train: drawnSet(name, ROWS, random), test: drawnSet(name, ROWS, random),
    plane: flatPlane(2.2), drawn: [...Array(ROWS).keys()], names: ["0", "1"],
  });

  function fill(values) {
    for (const [name, value] of Object.entries(values)) {
      if (!inputs[name]) throw Error(`${spec.name} has no control ${name}`);
      if (typeof value === "boolean") inputs[name].checked = value;
      else inputs[name].value = value;
      if (!inputs[name].value) throw Error(`${name} offers no ${value}`);
    }
  }

  // a set opens on settings that suit it; the pipeline's points, on those of the page as it is written
  function openSet(set) {
    form.reset();
    fill({ set });
    if (set !== "pipeline") fill({ lr: 0.1, batch_size: 10 });
    const [hidden, hidden2 = 0] = SETS[set]?.hidden ?? [];
    if (hidden && inputs.hidden) fill({ hidden, hidden2 });
    showFew();
  }

  // as many lines as can be told apart are shown; more only if the reader says so
  function showFew() {
    if (inputs.lines) inputs.lines.checked = number("hidden") <= FEW;
  }

  function reset() {  // starts again with the current settings
    const random = randomFrom(spec.seed), set = inputs.set.value, isPipelines = set === "pipeline";
    const hidden = [number("hidden"), number("hidden2")].filter(Boolean), activation = inputs.activation?.value ?? spec.activation;
    settings = { ...spec, hidden, activation, shuffle: inputs.shuffle.checked };
    for (const name of ["lr", "batch_size", "weight_decay"]) settings[name] = number(name);
    data = isPipelines ? pipelines : newPoints(set, random);
    data.places = flattened(data.plane, takeRows(data.test.features, data.drawn));
    const sizes = [data.train.features.columns, ...hidden, data.names.length];
    const stdOf = (inputs) => isPipelines ? spec.init_std : Math.sqrt((activation === "relu" ? 2 : 1) / inputs);
    const isInitial = isPipelines && `${hidden}` === `${spec.hidden}`;
    model = { layers: isInitial ? asLayers(spec.initial) : drawnLayers(sizes, stdOf, random), activation };
    run = train(model, data.train, data.test, settings, random);
    history = [];
    const atRate = (lr) => spec.history.filter((row) => isPipelines && row.lr === lr);
    theirs = atRate(atRate(settings.lr).length ? settings.lr : spec.lr);
    isTheirs = theirs[0]?.lr === settings.lr && !spec.shuffle  // PyTorch shuffles into another order
      && ["activation", "batch_size", "hidden", "shuffle", "weight_decay"].every((key) => `${settings[key]}` === `${spec[key]}`);
    stop();
  }

  // trains up to an epoch, unless a click before takes the turn; promises the epochs' figures
  async function trainTo(epoch) {
    const mine = ++turn, figures = history;
    let drawn = performance.now(), told = drawn;  // when the regions were, and the curves
    isTraining = true;
    tell();
    while (mine === turn) {
      const start = performance.now();
      let came;
      do came = run.next().value; while (!came && performance.now() < start + SLICE);
      if (came) figures.push(came);
      if (came && (came.epoch >= epoch || !Number.isFinite(came.train_loss))) stop();
      else if (came || start > drawn + SLOW) {
        drawPlane();
        drawn = performance.now();
      }
      if (isTraining && came && start > told + SLOW) {
        tell();
        drawCurves();
        told = performance.now();
      }
      await new Promise(requestAnimationFrame);
    }
    return figures;
  }

  const offOf = (row, i) => Math.max(...keys.map((key) => Math.abs(row[key] - theirs[i][key])));
  const digits = (off) => off.toExponential(0).replace("0e+0", "0");

  function tell() {
    inputs.train.textContent = inLanguage(isTraining ? "Pause" : history.length < epochs() ? "Train" : "Train on");
    find(".epoch").textContent = inLanguage("epoch {}", history.length);
    const offs = isTheirs ? history.slice(0, theirs.length).map(offOf) : [];
    const before = Math.max(0, history.length - rows.length);  // the table shows the last epochs
    rows.forEach(({ cells }, i) => {
      const figures = keys.map((key) => history[before + i]?.[key].toFixed(5) ?? "–"), off = offs[before + i];
      [before + i + 1, ...figures, off === undefined ? "–" : digits(off)].forEach((text, j) => cells[j].textContent = text);
    });
    find(".note").textContent = note(offs);
  }

  function note(offs) {
    const { notes } = spec, off = Math.max(...offs);
    if (!Number.isFinite(history.at(-1)?.train_loss ?? 0)) return inLanguage(notes.diverged);
    if (data !== pipelines) return inLanguage(notes.drawn);
    if (!isTheirs) return inLanguage(notes.other, theirs[0].lr);
    return offs.length ? inLanguage(off < 1e-9 ? notes.same : notes.grown, digits(off)) : inLanguage(notes.start);
  }

  function drawPlane() {
    const { test, drawn, places, names } = data, targets = drawn.map((row) => test.targets[row]);
    const predicted = predict(model, takeRows(test.features, drawn));
    // coarser while it trains: a picture in good time
    const look = { colours: spec.colours, places: isTraining ? 64 : 160, hasLines: inputs.lines?.checked };
    const classes = drawRegions(find("canvas"), model, data.plane, { places, targets, predicted }, look);
    const said = inLanguage(spec.notes.regions, history.length, classes.size, names.length, hits(predicted, targets), targets.length);
    find("[role=status]").textContent = isTraining ? "" : said;  // read aloud: once, at the end
    find(".key").innerHTML = [...names, inLanguage("wrong")].map((name, i) =>
      `<li><i style="background: ${names[i] ? spec.colours[i] : "none"}"></i>${name}</li>`).join("");
  }

  function drawCurves() {
    const mode = history.length > MANY ? "lines" : "lines+markers";
    for (const [part, { layout, traces }] of Object.entries(spec.charts)) {
      const curves = traces.filter(({ of }) => !of || theirs.length).map(({ key, of, ...look }) => {
        const epochs = of ? theirs : history, name = translated([spec.figures[key], of].filter(Boolean)).join(" · ");
        return { ...look, mode, name, x: [null, ...epochs.map((row) => row.epoch)], y: [null, ...epochs.map((row) => row[key])] };
      });
      show(`trainer-${spec.name}-${part}`, { data: curves, layout: { ...translated(layout), uirevision: 1 } });
    }
  }

  function speak() {
    for (const node of form.querySelectorAll("[data-say]")) node.textContent = inLanguage(node.dataset.say);
  }

  const redraw = () => { tell(); drawPlane(); drawCurves(); };
  const stop = () => { turn++; isTraining = false; redraw(); };
  const epochs = () => data === pipelines ? spec.epochs : EPOCHS;
  // Train on goes on until Pause
  const goOn = () => trainTo(history.length < epochs() ? epochs() : Infinity);
  const clicks = { again: reset, one: () => trainTo(history.length + 1), train: () => isTraining ? stop() : goOn() };
  for (const [name, click] of Object.entries(clicks)) inputs[name].addEventListener("click", click);
  form.addEventListener("input", ({ target }) => {
    if (target.name === "lines") return drawPlane();
    if (target.name === "set") openSet(target.value);
    if (target.name === "hidden") showFew();
    reset();
  });
  tries[spec.name] = (settings) => {
    openSet(settings.set ?? "pipeline");
    fill(settings);
    showFew();
    reset();
    inputs.train.focus({ preventScroll: true });
    return goOn();
  };
  document.addEventListener("language", () => { speak(); redraw(); });
  dark.addEventListener("change", redraw);
  speak();
  showFew();
  reset();
}
