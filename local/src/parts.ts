/** The parts of `npm start`, which start one after the other, and stop in reverse order. */
import { once } from 'node:events'
import type { Shutdown } from './shutdown.ts'

export interface Part {
  stop(): Promise<void>
}

/** Waits until a part has started, and registers it to be stopped. Rejects if a stop was requested meanwhile. */
export type Begin = <P extends Part>(starting: P | Promise<P>) => Promise<P>

/**
 * Runs `start`, waits for the signal, and stops all started parts in reverse order, even if the start failed or was
 * aborted.
 * @throws the error that caused the stop, or else the first error of a stop. The other parts are stopped nevertheless.
 */
export const runParts = async (
  start: (begin: Begin) => Promise<void>,
  { signal, failure }: Pick<Shutdown, 'signal' | 'failure'>,
): Promise<void> => {
  const running: Part[] = []
  const begin: Begin = async (starting) => {
    const part = await starting
    running.push(part)
    signal.throwIfAborted()
    return part
  }
  const failures: unknown[] = []
  try {
    await start(begin)
    if (!signal.aborted) await once(signal, 'abort') // the parts keep this process running
  } catch (error) {
    if (!signal.aborted) failures.push(error) // an aborted start is expected to fail
  }
  for (const part of running.reverse()) await part.stop().catch((error: unknown) => failures.push(error))
  failure.throwIfAborted()
  if (failures.length > 0) throw failures[0]
}
