/**
 * The time limit of waiting for a condition in a test, ms: TEST_PATIENCE, which is in seconds. Default 120 s. It only ends a test that
 * has failed, so the default suits a slow machine.
 */
export const patienceMs = (): number => {
  const seconds = Number(process.env['TEST_PATIENCE'] ?? 120)
  if (!(seconds > 0)) throw new Error(`TEST_PATIENCE is ${process.env['TEST_PATIENCE']}; expected a number of seconds.`)
  return seconds * 1_000
}
