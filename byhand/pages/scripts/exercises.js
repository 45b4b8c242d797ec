// ---- Checking: each check returns { isRight, says }, a text in both languages ----

// a text and its Chinese; values replace its {}
const say = (text, ...values) => {
  const filled = (template) => values.reduce((said, value) => said.replace("{}", () => value), template);
  return { en: filled(text), zh: filled((typeof dictionary === "undefined" ? {} : dictionary)[text] ?? text) };
};
const accepted = () => ({ isRight: true, says: say("Right.") });
const refused = (says) => ({ isRight: false, says });

// the number that a reader means by -0.5, −0,5, 1/4, 6.8 % or 60,000; else NaN
function numberIn(text) {
  const plain = text.normalize("NFKC").replace(/\s/g, "").replaceAll("−", "-").replaceAll("⁄", "/");
  const [, above, below = "1", percent] = /^([^/%]+)(?:\/([^/%]+))?(%?)$/.exec(plain) ?? [];
  const value = (part) => Number(/^-?[1-9]\d{0,2}(,\d{3})+$/.test(part) ? part.replaceAll(",", "") : part.replace(",", "."));
  return above === undefined ? NaN : value(above) / value(below) / (percent ? 100 : 1);
}

function checkNumber({ answer, tolerance, wrong: known }, text) {
  const number = numberIn(text);
  if (!Number.isFinite(number)) return refused(say("Type a number, such as 0.25, 1/4 or -3."));
  const isNear = (other) => Math.abs(number - other) <= tolerance + 1e-9 * Math.abs(other);
  if (isNear(answer)) return accepted();
  return refused(known[Object.keys(known).find(isNear)] ?? say("Not yet. The hint may help."));
}

function checkChoice({ answer, wrong: known }, choice) {
  if (!choice) return refused(say("Choose an answer first."));
  return +choice === answer ? accepted() : refused(known[choice] ?? say("Not yet. The hint may help."));
}

// Mended code: the reader's gradient against the finite differences of loss, at random points
const TRIED = 8, SMALL_STEP = 1e-5, NEAR = 1e-6;

function randomInput({ numbers, below }, random) {
  if (below) return Math.floor(below * random());
  const number = () => Math.round(400 * random() - 200) / 100 || 0.5;  // never 0, where ReLU has a corner
  return numbers === 1 ? number() : Array.from({ length: numbers }, number);
}

// the slope of loss along each number of its first argument
function finiteDifferences(loss, [first, ...others]) {
  const moved = (i, by) => Array.isArray(first) ? first.map((x, j) => j === i ? x + by : x) : first + by;
  return [first].flat().map((_, i) => (loss(moved(i, SMALL_STEP), ...others) - loss(moved(i, -SMALL_STEP), ...others)) / (2 * SMALL_STEP));
}

function asText(value) {
  if (Array.isArray(value)) return `[${value.map(asText).join(", ")}]`;
  return typeof value === "number" ? `${+value.toPrecision(5)}` : `${value}`;
}

function checkCode({ given, inputs }, code, random = Math.random) {
  const loss = new Function(`${given}\nreturn loss;`)();
  let gradient;
  try {
    gradient = new Function(`${code}\nreturn gradient;`)();
    for (let point = 0; point < TRIED; point++) {
      const args = Object.values(inputs).map((input) => randomInput(input, random)), [first] = args;
      const ours = finiteDifferences(loss, args), theirs = gradient(...structuredClone(args));
      const place = Object.keys(inputs).map((name, i) => `${name} = ${asText(args[i])}`).join(", ");
      if (Array.isArray(first) && theirs?.length !== first.length) {
        return refused(say("At {}, your function returns {}. It must return {} numbers.", place, asText(theirs), first.length));
      }
      const differs = [theirs].flat().findIndex((slope, i) => !(Math.abs(slope - ours[i]) <= NEAR * Math.max(1, Math.abs(ours[i]))));
      if (differs >= 0) {
        const which = Array.isArray(first) ? `gradient[${differs}]` : "gradient";
        return refused(say("At {}: {} is {}. The finite difference is {}.", place, which, asText([theirs].flat()[differs]), asText(ours[differs])));
      }
    }
  } catch (error) {
    return refused(say("JavaScript says: {}", `${error}`));
  }
  return accepted();
}

const checks = { number: checkNumber, choice: checkChoice, fault: checkChoice, code: checkCode };

// ---- The page ----
function mountExercises() {
  const exercises = JSON.parse(document.getElementById("exercises").textContent);
  const forms = [...document.querySelectorAll("[data-exercise]")], solved = new Set(kept());

  // the numbers of solved exercises, from the last visit
  function kept() {
    try {
      return JSON.parse(localStorage.getItem("solved")).filter((number) => Object.hasOwn(exercises, number));
    } catch {
      return [];  // none, or the browser may block it
    }
  }

  function keep() {
    try { localStorage.setItem("solved", JSON.stringify([...solved])); } catch { /* the marks last as long as the page */ }
    mark();
  }

  // writes a text in both languages; an exercise's own texts are HTML, others have a reader's words in them
  function write(place, texts, isHtml = false) {
    place.replaceChildren(...Object.entries(texts).map(([language, text]) => {
      const span = Object.assign(document.createElement("span"), { lang: language });
      span[isHtml ? "innerHTML" : "textContent"] = text;
      return span;
    }));
  }

  function mark() {
    for (const form of forms) form.querySelector(".solved").hidden = !solved.has(form.dataset.exercise);
    for (const place of document.querySelectorAll("[data-solved]")) {
      const all = forms.filter((form) => form.dataset.chapter === place.dataset.solved);
      const done = all.filter((form) => solved.has(form.dataset.exercise)).length;
      write(place, done || !place.closest("nav") ? say("{} of {}", done, all.length) : {});
    }
    const progress = document.querySelector(".progress");
    progress.hidden = !solved.size;
    write(progress.querySelector("span"), say("{} of {} exercises", solved.size, forms.length));
  }

  for (const form of forms) {
    const exercise = exercises[form.dataset.exercise], status = form.querySelector("[role=status]");
    const { run } = form.elements;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { isRight, says } = checks[exercise.kind](exercise, form.elements.answer.value);
      write(status, says, Object.values(exercise.wrong ?? {}).includes(says));
      status.className = isRight ? "good" : "";
      if (isRight) keep(solved.add(form.dataset.exercise));
      if (run) run.hidden = typeof tryInTrainer !== "function" || !document.querySelector(`[data-model="${exercise.run.model}"]`);
    });
    form.addEventListener("reset", () => write(status, {}));
    run?.addEventListener("click", () => tryInTrainer(exercise.run.model, exercise.run.settings));
  }
  document.querySelector(".progress button").addEventListener("click", () => {
    solved.clear();
    forms.forEach((form) => form.reset());
    keep();
    document.querySelector("nav a").focus();  // the button is gone
  });
  mark();
}

if (typeof document !== "undefined") mountExercises();
