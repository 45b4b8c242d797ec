// ---- Arrows of the stepper, drawn in an SVG over its boxes, wherever these are laid out ----

const LANE = 15;  // px above a box, where an arrow from another line comes along
const ASIDE = 12;  // px beside the middle, where an arrow passes the boxes in between

// draws { from, to, kind, isFar } for each edge: two boxes, a class for the arrow's look, and whether
// other boxes are between the two
function drawEdges(card, edges) {
  const { left, top } = card.getBoundingClientRect();
  const paths = edges.map(({ from, to, kind, isFar }) => {
    const shown = [from, to].map((box) => box.getBoundingClientRect());
    const [a, b] = shown.map((box) => ({
      left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top,
      x: (box.left + box.right) / 2 - left, y: (box.top + box.bottom) / 2 - top,
    }));
    // into an open box from outside: the arrow comes along above the box
    const frame = to.closest(".fold.open"), isInto = frame && !frame.contains(from);
    const ceiling = isInto ? frame.getBoundingClientRect().top - top : b.top;
    return `<path class="${kind}" d="${route(a, b, ceiling, isFar)}"/>`;
  });
  card.querySelector("svg g").innerHTML = paths.join("");
}

// the path of an arrow; a and b are boxes, and an arrow from another line comes along above the ceiling
function route(a, b, ceiling, isFar) {
  const isBeside = a.top < b.bottom && b.top < a.bottom, isNext = b.left - a.right < b.right - b.left;
  const isBelow = Math.abs(a.x - b.x) < 5;
  if (isBeside && isNext) return `M${a.right},${b.y} H${b.left}`;
  if (isBelow) return `M${a.x},${a.bottom} V${b.top}`;
  // to a box farther on, below the boxes in between
  if (isBeside) return `M${a.x},${a.bottom} v${LANE} H${b.x - ASIDE} V${b.bottom}`;
  // to another line, through the space above it; aside if other arrows go there
  if (isFar) return `M${a.x + ASIDE},${a.bottom} V${b.top - LANE / 2} H${b.x - ASIDE} V${b.top}`;
  return `M${a.x},${a.bottom} V${ceiling - LANE} H${b.x} V${b.top}`;
}
