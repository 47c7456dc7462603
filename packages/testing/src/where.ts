/**
 * `register`, such as vitest's `it`, where the condition holds. Elsewhere undefined, so that the test is not registered: a skipped test
 * fails a run. The reason is printed, so that the test is not taken for passed.
 */
export const where = <Register>(holds: boolean, missing: string, register: Register): Register | undefined => {
  // biome-ignore lint/suspicious/noConsole: vitest prints the file of the test with it
  if (!holds) console.warn(`A test is left out, because ${missing}.`)
  return holds ? register : undefined
}
