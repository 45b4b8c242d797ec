// ---- Points of two labels in the plane, drawn from a seed ----

// rows have the labels 0 and 1 in turn; hidden layers that are enough, the noise's standard deviation, and a
// row's place before noise
const SETS = {
  xor: {
    hidden: [4],
    noise: 0.35,
    place: (row) => [[-1, -1], [-1, 1], [1, 1], [1, -1]][row % 4],
  },
  moons: {
    hidden: [8],
    noise: 0.15,
    place(row, random) {
      const angle = Math.PI * random(), side = row % 2 ? -1 : 1;
      return [side * (1.2 * Math.cos(angle) - 0.6), side * (1.2 * Math.sin(angle) - 0.3)];
    },
  },
  circles: {
    hidden: [4],
    noise: 0.15,
    place(row, random) {
      const angle = 2 * Math.PI * random(), radius = row % 2 ? 0.6 : 1.5;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  },
  spiral: {
    hidden: [16, 16],
    noise: 0.05,
    place(row, random) {
      const way = Math.sqrt(random()), angle = Math.PI * (3.5 * way + row % 2);
      return [1.8 * way * Math.cos(angle), 1.8 * way * Math.sin(angle)];
    },
  },
};

// so many points of a set; noise moves each a little from its place
function drawnSet(name, rows, random) {
  const { noise, place } = SETS[name], features = matrix(rows, 2);
  const targets = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  for (let row = 0; row < rows; row++) {
    rowOf(features, row).set(place(row, random).map((number) => number + noise * normal(random)));
  }
  return { features, targets };
}
