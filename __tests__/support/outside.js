/**
 * A package that keeps nothing of a test file is loaded by Node itself, once for all files of a worker, and runs outside
 * of their sandboxes, in which each look at a global costs an interceptor.
 */
module.exports = {
  process: (_, file) => ({ code: `module.exports = requireOutside(${JSON.stringify(file)});` }),
};
