/**
 * Returns a signal that aborts at SIGINT, SIGTERM or SIGHUP, so that the script can clean up. Ctrl-C may arrive twice at once, from
 * the terminal and from the parent process. A second one after that exits at once, without cleaning up.
 */
export const interruption = (): AbortSignal => {
  const interrupted = new AbortController()
  let interruptedAtMs = Number.POSITIVE_INFINITY
  const interrupt = () => {
    if (performance.now() > interruptedAtMs + 1_000) process.exit(1)
    interruptedAtMs = Math.min(interruptedAtMs, performance.now())
    interrupted.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  return interrupted.signal
}
