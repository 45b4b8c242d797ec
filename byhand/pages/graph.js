// steps through the graph: the values in their order, then the gradients in reverse order
const nodes = [...document.querySelectorAll(".node")];  // inputs first
const slider = document.querySelector("#graph-step");
const said = document.querySelector("#graph-said");

function stepTo(step) {
  const isForward = step <= nodes.length;
  const at = isForward ? nodes[step - 1] : nodes[2 * nodes.length - step];
  nodes.forEach((node, i) => {
    node.classList.toggle("unknown", i >= step);
    node.classList.toggle("no-gradient", step < 2 * nodes.length - i);
    node.classList.toggle("at", node === at);
  });
  slider.value = step;
  if (!at) return said.textContent = inLanguage("Nothing is computed yet.");
  const { name, rule, uses } = at.dataset;
  const heading = at.querySelector("b").textContent;
  if (isForward) return said.textContent = inLanguage(heading === name ? "Forward: {} is given." : "Forward: {}.", heading);
  const why = { 0: " = 1, its derivative by itself", 1: "" }[uses] ?? ", the sum over its {} uses";
  said.textContent = inLanguage("Backward: {} has the gradient ḡ{}. {}", name, inLanguage(why, uses), inLanguage(rule));
}

// a step that the reader takes: the page scrolls to its node
function goTo(step) {
  const last = 2 * nodes.length;
  stepTo((step + last + 1) % (last + 1));
  document.querySelector(".at")?.scrollIntoView({ block: "nearest" });
}

slider.max = 2 * nodes.length;
slider.addEventListener("input", () => goTo(+slider.value));
document.querySelector("#graph-next").addEventListener("click", () => goTo(+slider.value + 1));
document.querySelector("#graph-back").addEventListener("click", () => goTo(+slider.value - 1));
document.addEventListener("language", () => stepTo(+slider.value));
stepTo(0);
