const data = JSON.parse(document.getElementById("data").textContent);
const dictionary = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(pointer: coarse)").matches;

// a text in the page's language; values replace its {}
const inLanguage = (text, ...values) => values.reduce((said, value) => said.replace("{}", value),
  document.documentElement.lang === "zh" && Object.hasOwn(dictionary, text) ? dictionary[text] : text);

// a chart, or a part of a chart, with its texts in the page's language, line by line
function translated(part) {
  if (typeof part === "string") return part.split("<br>").map((line) => inLanguage(line)).join("<br>");
  if (Array.isArray(part)) return part.map(translated);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, translated(value)]));
}

// a layout with the page's colours of text and lines
function themed(layout) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line") };
  const flat = { ...axis, showgrid: true, zeroline: true };
  const solid = { ...axis, backgroundcolor: colour("--card"), showbackground: true };
  return {
    ...layout,
    template: { layout: {
      font: { color: colour("--text"), family: "system-ui, sans-serif", size: 13 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--soft"), activecolor: colour("--text") },
      hoverlabel: { bgcolor: colour("--card"), font: { color: colour("--text") } },
      xaxis: flat, yaxis: flat,
      scene: { xaxis: solid, yaxis: solid, zaxis: solid },
      shapedefaults: { line: { color: colour("--text") } },
    }, data: Object.fromEntries(["scatter", "scatter3d"].map((kind) =>
      [kind, [{ marker: { line: { color: colour("--text") } } }]])) },
  };
}

// figures.SHARES for a dark page: numbers are readable on both halves
const SHARES_ON_DARK = [[0, "#1f2226"], [0.5, "#2c5a86"], [0.5, "#5ea6dc"], [1, "#d6eafc"]];

function show(id, { data, layout }) {
  for (const trace of data) if (dark.matches && trace.meta === "shares") trace.colorscale = SHARES_ON_DARK;
  const reset = layout.scene ? "resetCameraDefault3d" : "resetScale2d";
  if (touch && !layout.scene) layout.dragmode = false;
  return Plotly.react(`chart-${id}`, data, themed(layout), {
    locale: document.documentElement.lang, locales: { zh: { dictionary } },
    responsive: true, displaylogo: false, displayModeBar: touch ? false : "hover",
    modeBarButtons: [["toImage", reset]],
  });
}
