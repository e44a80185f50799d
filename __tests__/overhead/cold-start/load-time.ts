/** Run by itself: writes the milliseconds that loading the module in its argument takes. */
const [, , module = ''] = process.argv;
const began = performance.now();
// eslint-disable-next-line @typescript-eslint/no-require-imports -- as Lambda's runtime loads a CommonJS bundle
require(module);
const loadMs = performance.now() - began;
// What the module has begun, such as its first poll, ends here.
process.stdout.write(`${loadMs}\n`, () => process.exit());
