const data = JSON.parse(document.getElementById("data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const touch = matchMedia("(pointer: coarse)").matches;

// colours of text and lines, from the page's own
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

function show(id, { data, layout }) {
  const reset = layout.scene ? "resetCameraDefault3d" : "resetScale2d";
  if (touch && !layout.scene) layout.dragmode = false;
  return Plotly.react(`chart-${id}`, data, themed(layout), {
    responsive: true, displaylogo: false, displayModeBar: touch ? false : "hover",
    modeBarButtons: [["toImage", reset]],
  });
}
