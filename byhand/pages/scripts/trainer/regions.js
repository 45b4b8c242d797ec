// ---- The regions: a plane, and the class that a model predicts at each of its places ----
// A plane is { origin, directions, centre, half }, as trainer.py writes it: its places are pairs of numbers, and
// the window goes from centre - half to centre + half in both.

// places (rows, 2) as points in the space of the features: origin + place · directions
const inSpace = ({ origin, directions }, places) =>
  linear(places, { weight: transposed(directions), bias: Float64Array.from(origin) });

// points as places: (point - origin) · directionsᵀ
const flattened = ({ origin, directions }, points) =>
  product(map(points, (number, i) => number - origin[i % origin.length]), transposed(directions));

// the plane of points that have two features: the points are its places
const flatPlane = (half) =>
  ({ origin: [0, 0], directions: matrix(2, 2, Float64Array.of(1, 0, 0, 1)), centre: [0, 0], half });

// the lines on the plane where a unit of a layer is 0, as [a, b, c] of a·u + b·v + c = 0, with u and v from the centre
function unitLines(plane, { weight, bias }) {
  const slopes = product(weight, transposed(plane.directions));
  const heights = linear(inSpace(plane, matrix(1, 2, Float64Array.from(plane.centre))), { weight, bias });
  return [...bias.keys()].map((unit) => [...rowOf(slopes, unit), heights.numbers[unit]]);
}

// draws regions, lines and points; returns the classes that have a region
// points are { places, targets, predicted }; a wrong point has an edge
function drawRegions(canvas, model, plane, points, { colours, places, hasLines }) {
  const context = canvas.getContext("2d"), size = canvas.width, { centre, half } = plane;
  const pixel = (length) => length / half * size / 2;
  const at = ([u, v]) => [pixel(u - centre[0] + half), pixel(centre[1] + half - v)];
  const ink = getComputedStyle(canvas).color;
  context.clearRect(0, 0, size, size);

  const step = 2 * half / places, grid = matrix(places * places, 2);  // rows of the window, the highest first
  for (let i = 0; i < grid.rows; i++) {
    rowOf(grid, i).set([centre[0] - half + (i % places + 0.5) * step, centre[1] + half - (Math.floor(i / places) + 0.5) * step]);
  }
  const classes = predict(model, inSpace(plane, grid)), image = new ImageData(places, places);
  const bytes = colours.map((colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)));
  classes.forEach((label, i) => image.data.set([...bytes[label], 100], 4 * i));
  const small = new OffscreenCanvas(places, places);
  small.getContext("2d").putImageData(image, 0, 0);
  context.drawImage(small, 0, 0, size, size);

  if (hasLines && model.layers.length > 1) {
    const lines = unitLines(plane, model.layers[0]), isFew = lines.length <= FEW;
    Object.assign(context, { strokeStyle: ink, lineWidth: isFew ? 3 : 1, globalAlpha: isFew ? 1 : 0.4 });
    context.beginPath();
    for (const [a, b, c] of lines) {
      const length = Math.hypot(a, b), far = 3 * half;  // the point nearest to the centre, and far along the line
      const [u, v] = [centre[0] - c * a / length ** 2, centre[1] - c * b / length ** 2];
      context.moveTo(...at([u - far * b / length, v + far * a / length]));
      context.lineTo(...at([u + far * b / length, v - far * a / length]));
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  context.lineWidth = 2.5;
  colours.forEach((colour, label) => {
    for (const isWrong of [false, true]) {
      context.beginPath();
      points.targets.forEach((target, row) => {
        if (target !== label || isWrong === (points.predicted[row] === target)) return;
        const [x, y] = at(rowOf(points.places, row));
        context.moveTo(x + 6, y);
        context.arc(x, y, 6, 0, 2 * Math.PI);
      });
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = ink;
      if (isWrong) context.stroke();
    }
  });
  return new Set(classes);
}
const FEW = 16;  // lines that can be told apart
