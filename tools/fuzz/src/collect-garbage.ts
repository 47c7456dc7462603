/**
 * Preloaded into npm start with --import and --expose-gc. SIGUSR2 collects the garbage, so that the measured heap does not
 * contain any.
 */
process.on('SIGUSR2', () => globalThis.gc?.())
