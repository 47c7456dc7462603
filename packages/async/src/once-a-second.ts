/**
 * Limits calls to one per second, and drops the others. In an outage many operations fail at once, and one log line about
 * it is enough. A signal may arrive several times, and means one stop.
 */
export const onceASecond = <Args extends unknown[]>(call: (...args: Args) => void): ((...args: Args) => void) => {
  let last = Number.NEGATIVE_INFINITY
  return (...args) => {
    const now = performance.now()
    if (now - last < 1_000) return
    last = now
    call(...args)
  }
}
