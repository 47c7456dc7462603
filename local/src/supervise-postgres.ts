import { pause } from '@quadrille/async'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '@quadrille/embedded-postgres'
import type { Part } from './parts.ts'

export interface SupervisedPostgresOptions extends EmbeddedPostgresOptions {
  /** Called when its files were deleted while it ran: an empty one with another password would take its place. */
  readonly onLost: (error: Error) => void
}

export interface SupervisedPostgres extends Part {
  /** The URL of the server, which stays the same after a restart. */
  readonly url: string
}

/** The pause before the next attempt to start it, ms. It doubles each time, up to the longest. */
const shortestWaitMs = 100
const longestWaitMs = 5_000

/**
 * An embedded Postgres that is restarted on the same port whenever it exits.
 * @throws if the first start fails.
 */
export const supervisePostgres = async (options: SupervisedPostgresOptions): Promise<SupervisedPostgres> => {
  const stopping = new AbortController()
  const first = await startEmbeddedPostgres(options)
  const supervision = supervise(first, { ...options, port: first.port }, stopping.signal)
  const stop = async () => {
    stopping.abort()
    await supervision
  }
  return { url: first.url, stop }
}

/** Restarts the server when it exits. Resolves when `stopping` is aborted, or its files are lost, and the server has stopped. */
const supervise = async (
  first: EmbeddedPostgres,
  options: SupervisedPostgresOptions,
  stopping: AbortSignal,
): Promise<void> => {
  for (let server: EmbeddedPostgres | null = first; server; server = await startAgain(options, stopping)) {
    if (server.url !== first.url) {
      await server.stop()
      return options.onLost(
        new Error(`The database in ${options.directory} was deleted while it was in use. Start again.`),
      )
    }
    const { code, signal } = await untilExited(server, stopping)
    if (stopping.aborted) return
    options.log(`Postgres exited (${signal ?? `code ${code}`}): restarting it`)
  }
}

/** Resolves when the server has exited. Stops it when `stopping` is aborted. */
const untilExited = ({ stop, exited }: EmbeddedPostgres, stopping: AbortSignal): EmbeddedPostgres['exited'] => {
  const onStop = () => void stop()
  stopping.addEventListener('abort', onStop, { once: true })
  if (stopping.aborted) onStop()
  return exited.finally(() => stopping.removeEventListener('abort', onStop))
}

/** Tries until the server has started. Null if `stopping` is aborted meanwhile. */
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
    await pause(waitMs, stopping)
  }
  return null
}
