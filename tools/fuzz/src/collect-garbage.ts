/**
 * Loaded into npm start by --import, with --expose-gc: SIGUSR2 collects the garbage, so that the rest of the heap is in
 * use.
 */
process.on('SIGUSR2', () => globalThis.gc?.())
