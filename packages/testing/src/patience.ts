/**
 * TEST_PATIENCE in seconds, by default 60: the time limit of waiting for a condition in a test, ms. It only ends a test that has
 * failed, so by default it suits a slow machine.
 */
export const patienceMs = (): number => {
  const seconds = Number(process.env['TEST_PATIENCE'] ?? 60)
  if (!(seconds > 0)) throw new Error(`TEST_PATIENCE is ${process.env['TEST_PATIENCE']}; expected a number of seconds.`)
  return seconds * 1_000
}
