import { setTimeout as delay } from 'node:timers/promises'

/** How long an exit waits for running calls of the file system and lookups of host names, ms. */
const waitMs = 10_000

/** Exits when no such call runs, or after 10 s as `exitNow` does. By default with `process.exitCode`. */
export const exit = async (code?: number): Promise<never> => {
  setTimeout(exitNow, waitMs, code).unref()
  while (poolCallsRun()) await delay(20)
  return exitNow(code)
}

/**
 * Exits. `process.exit` waits for the threads of running calls. One on a network volume without its server never ends, so
 * the process then kills itself instead (137, as the first process of a container 139 on x86).
 */
export const exitNow = (code = process.exitCode): never => {
  if (poolCallsRun()) {
    process.kill(process.pid, 'SIGKILL')
    process.abort() // the first process of a container can't be killed from inside (pid_namespaces(7))
  }
  process.exit(code)
}

/** Calls of the file system, and lookups of host names. */
const poolCallsRun = (): boolean =>
  process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq|GetAddrInfoReq)/.test(name))
