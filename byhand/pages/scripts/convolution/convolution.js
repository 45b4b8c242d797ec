// ---- Chapter 7: a convolution, as LeNet's first layer in byhand/torch/lenet.py ----
// A picture is { height, width, numbers }, row by row. A kernel is { size, weights, bias }.
const convolution = (() => {
  // the numbers under the kernel at (y, x): there are zeros around the picture, so that its size stays
  function patch({ height, width, numbers }, size, y, x) {
    const around = (size - 1) / 2, found = [];
    for (let row = y - around; row <= y + around; row++) {
      for (let column = x - around; column <= x + around; column++) {
        const isInside = row >= 0 && row < height && column >= 0 && column < width;
        found.push(isInside ? numbers[row * width + column] : 0);
      }
    }
    return found;
  }

  const products = (numbers, { weights }) => numbers.map((number, i) => number * weights[i]);
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
  const changed = (picture, change) => ({ ...picture, numbers: picture.numbers.map(change) });

  // the feature map: at each place the sum of the products, plus the bias
  const featureMap = (picture, kernel) => changed(picture, (_, i) => {
    const under = patch(picture, kernel.size, Math.floor(i / picture.width), i % picture.width);
    return total(products(under, kernel)) + kernel.bias;
  });

  const ACTIVATIONS = { relu: (number) => Math.max(number, 0), sigmoid: (number) => 1 / (1 + Math.exp(-number)) };
  const activated = (picture, activation) => changed(picture, ACTIVATIONS[activation]);

  // four neighbours of a picture that become one number: the mean
  function block({ width, numbers }, y, x) {
    const first = 2 * y * width + 2 * x;
    return [first, first + 1, first + width, first + width + 1].map((i) => numbers[i]);
  }
  function pooled(picture) {
    const height = Math.floor(picture.height / 2), width = Math.floor(picture.width / 2);
    const mean = (_, i) => total(block(picture, Math.floor(i / width), i % width)) / 4;
    return { height, width, numbers: Array.from({ length: height * width }, mean) };
  }

  // the pictures and LeNet's kernels, as convolution.py writes them
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  function unpacked({ height, width, images, kernels, biases }) {
    const pixels = bytes(images), weights = [...new Float32Array(bytes(kernels).buffer)], area = height * width;
    const all = [...new Float32Array(bytes(biases).buffer)], length = weights.length / all.length;
    return {
      pictures: Array.from({ length: pixels.length / area }, (_, i) =>
        ({ height, width, numbers: Array.from(pixels.subarray(i * area, (i + 1) * area), (pixel) => pixel / 255) })),
      kernels: all.map((bias, i) => ({ size: Math.sqrt(length), weights: weights.slice(i * length, (i + 1) * length), bias })),
    };
  }

  // the same kernel in another size: with zeros around it, or its middle alone
  function resized({ size, weights, bias }, other) {
    const middle = patch({ height: size, width: size, numbers: weights }, other, (size - 1) / 2, (size - 1) / 2);
    return { size: other, weights: middle, bias };
  }

  return { patch, products, total, featureMap, activated, block, pooled, unpacked, resized };
})();
