/**
 * `register`, such as vitest's `it`, where the condition holds. Elsewhere undefined, so that the test is not registered: a skipped test
 * fails a run. The reason is printed, so that the test is not taken for passed.
 */
export const where = <Register>(holds: boolean, missing: string, register: Register): Register | undefined => {
  if (!holds) process.stderr.write(`A test is left out, because ${missing}.\n`)
  return holds ? register : undefined
}
