/** What `npm start` consists of: parts that are started one after the other, and stopped in reverse order. */
export interface Part {
  readonly name: string
  stop(): Promise<void>
}

/** Starts a part, so that it will be stopped. Rejects if the stop has begun meanwhile. */
export type Begin = <P extends Part>(starting: Promise<P>) => Promise<P>

/**
 * Runs `start`, waits until the signal is aborted, and stops in reverse order all that was begun; also after a start that
 * failed halfway, or that the signal caught halfway.
 * @throws what `start` threw, or the first error of a stop; the other parts are stopped all the same.
 */
export const runParts = async (start: (begin: Begin) => Promise<void>, signal: AbortSignal): Promise<void> => {
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
    await aborted(signal)
  } catch (error) {
    if (!signal.aborted) failures.push(error) // a start that is told to stop gives up in whatever way
  }
  for (const part of running.reverse()) await part.stop().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const awake = setInterval(() => undefined, 60_000) // parts of other processes don't keep this one running
    const done = () => {
      clearInterval(awake)
      resolve()
    }
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
