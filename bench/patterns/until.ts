import { setTimeout as pause } from 'node:timers/promises'

const patienceMs = 60_000

/** Resolves when `read` returns the value. @throws after a minute. */
export const untilEqual = async <Value>(read: () => Value | Promise<Value>, wanted: Value): Promise<void> => {
  for (const begun = performance.now(); (await read()) !== wanted; await pause(20))
    if (performance.now() - begun > patienceMs)
      throw new Error(`After a minute the value is ${await read()}, and not ${wanted}.`)
}

/** Resolves to the first result that is not undefined. @param what - for the error. @throws after a minute. */
export const untilFound = async <Value>(what: string, find: () => Promise<Value | undefined>): Promise<Value> => {
  for (const begun = performance.now(); performance.now() - begun < patienceMs; await pause(20)) {
    const value = await find()
    if (value !== undefined) return value
  }
  throw new Error(`After a minute this is still missing: ${what}.`)
}
