import { setTimeout as pause } from 'node:timers/promises'

const patienceMs = 60_000

/** Resolves when `read` returns the value. @throws after a minute. */
export const untilEqual = async <Value>(read: () => Value | Promise<Value>, wanted: Value): Promise<void> => {
  for (const begun = performance.now(); (await read()) !== wanted; await pause(20))
    if (performance.now() - begun > patienceMs)
      throw new Error(`After a minute the value is ${await read()}, and not ${wanted}.`)
}
