import { setTimeout as delay } from 'node:timers/promises'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '@quadrille/embedded-postgres'
import type { Part } from './parts.ts'

export interface SupervisedPostgres extends Part {
  /** Of the server; it stays the same when the server is started again. */
  readonly url: string
}

/** How long to wait before another try to start it, ms: twice as long each time, up to the longest. */
const shortestWaitMs = 100
const longestWaitMs = 5_000

/**
 * An embedded Postgres that is started again whenever it dies, on the same port, for as long as it takes.
 * @throws if the first start fails.
 */
export const supervisePostgres = async (options: EmbeddedPostgresOptions): Promise<SupervisedPostgres> => {
  const stopping = new AbortController()
  const first = await startEmbeddedPostgres(options)
  const supervision = supervise(first, { ...options, port: first.port }, stopping.signal)
  const stop = async () => {
    stopping.abort()
    await supervision
  }
  return { name: 'Postgres', url: first.url, stop }
}

/** Resolves when it was told to stop, and the server has stopped. */
const supervise = async (
  first: EmbeddedPostgres,
  options: EmbeddedPostgresOptions,
  stopping: AbortSignal,
): Promise<void> => {
  for (let server: EmbeddedPostgres | null = first; server; server = await startAgain(options, stopping)) {
    const { code, signal } = await ended(server, stopping)
    if (stopping.aborted) return
    options.log(`Postgres ended (${signal ?? `code ${code}`}): starting it again`)
  }
}

/** How the server ended: by itself, or because it was told to. */
const ended = ({ stop, exited }: EmbeddedPostgres, stopping: AbortSignal): EmbeddedPostgres['exited'] => {
  const onStop = () => void stop()
  stopping.addEventListener('abort', onStop, { once: true })
  if (stopping.aborted) onStop()
  return exited.finally(() => stopping.removeEventListener('abort', onStop))
}

/** Null when it was told to stop meanwhile. */
const startAgain = async (
  options: EmbeddedPostgresOptions,
  stopping: AbortSignal,
): Promise<EmbeddedPostgres | null> => {
  for (let waitMs = shortestWaitMs; !stopping.aborted; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await startEmbeddedPostgres(options)
    } catch (error) {
      options.log(`Postgres does not start: ${error instanceof Error ? error.message : error}`)
    }
    await delay(waitMs, undefined, { signal: stopping }).catch(unlessAborted)
  }
  return null
}

const unlessAborted = (error: unknown): void => {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error
}
