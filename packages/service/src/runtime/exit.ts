import { setTimeout as delay } from 'node:timers/promises'

/** How long an exit waits for running calls of the file system, ms. */
const fileCallsMs = 1_000

/** Exits with 0 when no call of the file system runs, after a second at the latest. */
export const exit = async (): Promise<never> => {
  const untilMs = performance.now() + fileCallsMs
  while (fileCallsRun() && performance.now() < untilMs) await delay(20)
  return exitNow(0)
}

/**
 * Exits. `process.exit` waits for running calls of the file system. One on a network volume without its server never ends, so the
 * process then kills itself instead.
 */
export const exitNow = (code: number): never => {
  if (fileCallsRun()) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

const fileCallsRun = (): boolean => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))
