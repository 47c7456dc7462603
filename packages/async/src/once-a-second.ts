/** Passes on at most one call a second. An outage fails everything at once, and one line about it is enough. */
export const onceASecond = <Args extends unknown[]>(tell: (...args: Args) => void): ((...args: Args) => void) => {
  let last = Number.NEGATIVE_INFINITY
  return (...args) => {
    const now = performance.now()
    if (now - last < 1_000) return
    last = now
    tell(...args)
  }
}
