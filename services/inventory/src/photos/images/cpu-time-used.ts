import { setInterval } from 'node:timers/promises'

const checkEveryMs = 100

/**
 * Resolves when this process has used `limitMs` of processor time since the call, in all of its threads. Time for which it waits does
 * not count. @throws if the signal is aborted before.
 */
export const cpuTimeUsed = async (limitMs: number, signal: AbortSignal): Promise<void> => {
  const before = process.cpuUsage()
  for await (const _ of setInterval(checkEveryMs, undefined, { signal })) {
    const { user, system } = process.cpuUsage(before)
    if ((user + system) / 1_000 >= limitMs) return
  }
}
