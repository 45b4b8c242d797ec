const places = [...document.querySelectorAll("[data-chart]")];

function draw(place) {
  const chart = translated(data[place.dataset.chart]);
  if (place.closest(".story")) small(chart.layout);
  show(place.id.replace("chart-", ""), chart);
}

// a small chart; the three of the first screen share a legend below them
function small(layout) {
  Object.assign(layout, { height: 290, showlegend: false, margin: { l: 46, r: 8, t: 8, b: 46 } });
  for (const axis of [layout.xaxis, layout.yaxis]) {
    axis.automargin = false;  // to find the margins takes half a second before the first chart
    Object.assign(axis.title, { font: { size: 12 }, standoff: 8 });
  }
}

// charts, playgrounds and the convolution are made when they come near: all at once would take seconds
const trainers = new Map(JSON.parse(document.getElementById("trainers").textContent).map((spec) =>
  [document.querySelector(`[data-model="${spec.name}"]`), spec]));
const made = new Set();

function make(place) {
  if (made.has(place)) return;
  made.add(place);
  if (trainers.has(place)) mountTrainer(place, trainers.get(place));
  else if (place.matches(".convolution")) mountConvolution(place);
  else draw(place);
}

const lazy = [...places, ...trainers.keys(), ...document.querySelectorAll(".convolution")];
const near = new IntersectionObserver((entries) =>
  entries.filter((entry) => entry.isIntersecting).forEach((entry) => make(entry.target)), { rootMargin: "100%" });
lazy.forEach((place) => near.observe(place));
addEventListener("beforeprint", () => lazy.forEach(make));
const redraw = () => places.filter((place) => made.has(place)).forEach(draw);
dark.addEventListener("change", redraw);
document.addEventListener("language", redraw);

const button = document.querySelector("#language");
const nameButton = () => button.textContent = root.lang === "zh" ? "English" : "中文";
button.addEventListener("click", switchLanguage);
document.addEventListener("language", nameButton);
nameButton();

// marks the link of the chapter in sight
const links = [...document.querySelectorAll("nav a")];
const sections = links.map((link) => document.querySelector(link.hash));
function mark() {
  const read = sections.findLastIndex((section) => section.getBoundingClientRect().top < innerHeight / 3);
  links.forEach((link, i) => {
    if (i !== read) return link.removeAttribute("aria-current");
    if (link.ariaCurrent) return;
    link.setAttribute("aria-current", "true");
    link.parentElement.scrollTo({ left: link.offsetLeft - link.parentElement.offsetLeft });
  });
}
addEventListener("scroll", mark, { passive: true });
mark();

// the wheel and, on a touch screen, a swipe scroll the page until a scene is clicked
const isScene = (chart) => chart?._fullLayout?.scene;
document.addEventListener("click", ({ target }) => document.querySelectorAll(".chart").forEach((chart) =>
  chart.classList.toggle("held", !!isScene(chart) && chart.contains(target))));
document.addEventListener("wheel", (event) => {
  const chart = event.target.closest?.(".chart");
  if (isScene(chart) && !chart.classList.contains("held")) event.stopPropagation();
}, true);

// weights by epoch: the picture has a row for each epoch, and the window shows one row
for (const card of document.querySelectorAll(".frames")) {
  const slider = card.querySelector("input");
  const move = () => {
    card.querySelector("output").textContent = slider.value;
    card.querySelector("img").style.translate = `0 ${-100 * slider.value / (+slider.max + 1)}%`;
  };
  slider.addEventListener("input", move);
  move();
}
