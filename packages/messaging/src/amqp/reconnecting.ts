/** A connection to RabbitMQ that is reopened with backoff and full jitter until it is closed, or its claim is refused finally. */

import type { LookupFunction, Socket } from 'node:net'
import { type Backoff, backoffMs, pause, within } from '@quadrille/async'
import { type ChannelModel, connect } from 'amqplib'
import { OwnedByAnotherDatabase } from '../broker.ts'
import { ignoreClosed } from './channel.ts'
import { coalesceWrites } from './coalesce-writes.ts'
import type { ConnectAttempts } from './connect-attempts.ts'
import { credentialsOf } from './credentials.ts'
import { lookupAfter } from './lookup.ts'

/** Ends the connection, so that a new one is opened. A failed channel can't be recovered in another way. */
export type Fail = (error: unknown) => void

export interface ReconnectingOptions {
  readonly url: string
  /** Shown in the management UI. */
  readonly name: string
  /** How long a connection may take to open, ms. Default 5,000. */
  readonly connectTimeoutMs?: number
  readonly backoff: Backoff
  /** Shared by the connections to one broker. */
  readonly attempts: ConnectAttempts
  /** Default: that of the system. */
  readonly lookup?: LookupFunction
  /**
   * Prepares a new connection. The connection counts as down until it resolves. If it rejects, the next connection is
   * tried. It may take any time, so it limits its steps by `inTime`.
   */
  readonly prepare: (connection: ChannelModel, fail: Fail) => Promise<void>
  /**
   * `connect`: the broker can't be reached, or refuses the connection. `connection`: an open one failed or has ended.
   */
  readonly onError: (error: unknown, step: 'connect' | 'connection') => void
  /** Called when a new connection is usable. */
  readonly onConnected: () => void
}

/** How long the broker may take to answer a close, ms. */
export const closeTimeoutMs = 2_000

/** A shorter outage delays messages hardly more than usual, ms. */
const longOutageMs = 5_000

export class ReconnectingConnection {
  readonly #options: ReconnectingOptions
  readonly #closing = new AbortController()
  #connection: ChannelModel | null = null
  /** Connections that have ended. Some were never usable, because a node has answered, but its queues have not. */
  #ended = 0
  #down: string | null = 'not connected yet'
  #isRefused = false
  /**
   * When it first failed since it was last usable. Null if it has not. Before it is usable for the first time, a failed attempt
   * counts, and a slow one does not.
   */
  #failedAtMs: number | null = null
  #restoredAtMs = Number.NEGATIVE_INFINITY

  constructor(options: ReconnectingOptions) {
    this.#options = options
  }

  /** Starts connecting. `onError` gets the failures. */
  start(): void {
    void this.#run()
  }

  /**
   * Null while the connection is usable. Otherwise the reason, with a code instead of the text of RabbitMQ's or Node's error,
   * which may contain hosts and users.
   */
  down(): string | null {
    return this.#down
  }

  /** True if its claim was refused finally, so that it does not reconnect. */
  isRefused(): boolean {
    return this.#isRefused
  }

  /** The time since the end of the last outage of more than 5 s, or with missed heartbeats, ms. Infinity if there was none. */
  restoredForMs(): number {
    return performance.now() - this.#restoredAtMs
  }

  /** Closes the connection permanently, after `first`. Waits at most `timeoutMs` for it, and then `closeTimeoutMs`. */
  async close(first: () => Promise<unknown> = async () => undefined, timeoutMs = closeTimeoutMs): Promise<void> {
    this.#closing.abort()
    this.#down = 'closed'
    const connection = this.#connection
    if (connection === null) return
    await within(timeoutMs, first().catch(ignoreClosed))
    await end(connection)
  }

  async #run(): Promise<void> {
    const { backoff } = this.#options
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const startedAt = performance.now()
      const connection = await this.#connect()
      if (connection === null) continue
      const error = await this.#session(connection).catch((reason: unknown) => reason)
      if (this.#closing.signal.aborted) return
      this.#ended += 1
      this.#failed(error, 'connection')
      this.#isRefused = error instanceof OwnedByAnotherDatabase && error.isFinal
      if (this.#isRefused) return
      failures = performance.now() - startedAt > backoff.maxMs ? 1 : failures + 1
      await pause(backoffMs(failures, backoff), this.#closing.signal)
    }
  }

  /** Null if the broker could not be reached. The next attempt waits. */
  async #connect(): Promise<ChannelModel | null> {
    const { url, name, connectTimeoutMs = 5_000, attempts, lookup } = this.#options
    const options = {
      noDelay: true, // otherwise a confirm waits for Nagle's algorithm and the peer's delayed acknowledgement: 40 ms per hop
      timeout: connectTimeoutMs,
      clientProperties: { connection_name: name },
      credentials: credentialsOf(url),
    }
    const open = (failed: number) => connect(url, { ...options, lookup: lookupAfter(failed + this.#ended, lookup) })
    try {
      return await attempts(open, this.#closing.signal)
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failed(error, 'connect')
      return null
    }
  }

  #failed(error: unknown, step: 'connect' | 'connection'): void {
    this.#failedAtMs ??= isSilence(error) ? Number.NEGATIVE_INFINITY : performance.now()
    this.#down = reasonOf(error, step)
    this.#options.onError(error, step)
  }

  #usable(): void {
    const nowMs = performance.now()
    if (nowMs - (this.#failedAtMs ?? nowMs) > longOutageMs) this.#restoredAtMs = nowMs
    this.#failedAtMs = null
    this.#down = null
  }

  /** One connection, from its opening to its end. Resolves or rejects with the reason of its end. */
  async #session(connection: ChannelModel): Promise<unknown> {
    const { prepare, onConnected } = this.#options
    coalesceWrites(socketOf(connection))
    const { promise: ended, resolve: fail } = Promise.withResolvers<unknown>()
    connection.on('error', fail)
    connection.on('close', (error?: Error) => fail(error ?? new Error('the connection was closed')))
    if (this.#closing.signal.aborted) return end(connection)
    this.#connection = connection
    try {
      const failure = await Promise.race([prepare(connection, fail), ended])
      if (failure !== undefined) return failure
      if (this.#closing.signal.aborted) return await ended
      this.#usable()
      onConnected()
      return await ended
    } finally {
      this.#connection = null
      this.#down ??= 'the connection has ended'
      if (!this.#closing.signal.aborted) await end(connection) // otherwise the caller of close does it
    }
  }
}

/** Ends the connection if a step of its preparation takes longer: a queue without a leader never answers. */
export const inTime = (step: Promise<unknown>, timeoutMs: number, fail: Fail): Promise<unknown> => {
  const timeout = setTimeout(() => fail(new Error(`not ready within ${timeoutMs / 1_000} s`)), timeoutMs)
  return step.finally(() => clearTimeout(timeout))
}

/** amqplib exposes its socket, but not in its types. */
export const socketOf = ({ connection }: ChannelModel): Socket => (connection as unknown as { stream: Socket }).stream

/** True after missed heartbeats: the outage began long before it was detected. amqplib gives this error no code. */
const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Heartbeat timeout'

const reasonOf = (error: unknown, step: 'connect' | 'connection'): string => {
  if (error instanceof OwnedByAnotherDatabase) return error.message
  const what = step === 'connect' ? 'can’t be reached' : 'the connection failed'
  const code = codeOf(error)
  return code === undefined ? what : `${what} (${code})`
}

/**
 * An error code of the system, or of AMQP as in `403 ACCESS-REFUSED`, which amqplib puts into the text of an error
 * while it connects.
 */
const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const [, number, name] = /^Handshake terminated by server: (\d{3}) \(([A-Z-]+)\)/.exec(error.message) ?? []
  if (number !== undefined) return `${number} ${name}`
  return 'code' in error ? String(error.code) : undefined
}

/**
 * Closes a connection, which may be closed already. If its socket is still open after a while, because the peer does not answer,
 * the socket is destroyed, which ends all open calls. Otherwise they would wait indefinitely without heartbeats, or if the peer
 * sends heartbeats but reads nothing. After missed heartbeats the socket would wait until the peer has received all data.
 */
const end = async (connection: ChannelModel): Promise<void> => {
  const socket = socketOf(connection)
  const unanswered = new Error(`RabbitMQ has not answered a close within ${closeTimeoutMs / 1_000} s`)
  const timeout = setTimeout(() => socket.destroy(unanswered), closeTimeoutMs).unref()
  socket.once('close', () => clearTimeout(timeout))
  await within(closeTimeoutMs, connection.close().catch(ignoreClosed))
}
