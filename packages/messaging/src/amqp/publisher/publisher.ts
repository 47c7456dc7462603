/** Publishing to RabbitMQ: persistent, mandatory, with a confirm for each message, and with any number in flight. */

import type { Backoff } from '@quadrille/async'
import { type ChannelModel, type ConfirmChannel, IllegalOperationError, type Options } from 'amqplib'
import { type Publisher, type PublishOptions, Unconfirmed, Unroutable, Unsendable } from '../../broker.ts'
import type { Address, WireMessage } from '../../message.ts'
import { mayPublishTo, type ServiceTopology } from '../../topology.ts'
import { originalExchange } from '../headers.ts'
import type { Fail } from '../reconnecting.ts'
import { toProperties } from '../wire.ts'
import { assertFits, frameMaxOf } from './frame-size.ts'
import { requiredInboxesBound } from './required-inboxes.ts'
import { Returned } from './returned.ts'
import { UnconfirmedSends } from './unconfirmed-sends.ts'

export interface AmqpPublisherOptions {
  readonly topology: ServiceTopology
  readonly backoff: Backoff
  /** The reason why there is no connection. */
  readonly down: () => string | null
  /** The connection ends when a message has been unconfirmed for this time, or at most twice as long, ms. Default 60,000. */
  readonly confirmTimeoutMs?: number
}

export class AmqpPublisher implements Publisher {
  readonly outboxAsQueue = null
  readonly #options: AmqpPublisherOptions
  #channel: ConfirmChannel | null = null
  #returned = new Returned()
  #unconfirmed = new UnconfirmedSends(0)
  #blocked: string | null = null
  #unblockedAtMs = Number.NEGATIVE_INFINITY
  #missing: string | null = null
  #frameMax = 0
  /** The largest body. The broker reports it only when it closes a channel because of a larger one. */
  #maxBytes = Number.POSITIVE_INFINITY
  /**
   * Whether the last channel was closed for that reason. After any other close, the next connection may lead to a
   * broker with another limit.
   */
  #closedBySize = false

  constructor(options: AmqpPublisherOptions) {
    this.#options = options
  }

  /** Opens a channel on a new connection. Publishing begins when the required inboxes are bound. */
  async open(connection: ChannelModel, fail: Fail): Promise<void> {
    const channel = await connection.createConfirmChannel()
    const closed = new AbortController()
    channel.on('error', (error: Error) => {
      const limit = maxBytesIn(error)
      if (limit !== null) [this.#maxBytes, this.#closedBySize] = [limit, true]
      fail(error)
    })
    channel.on('close', () => {
      closed.abort()
      if (this.#channel === channel) this.#channel = null // amqplib rejects unconfirmed messages
      fail(new Error('the publishing channel was closed'))
    })
    channel.on('return', (message) => this.#returned.add(message))
    connection.on('blocked', (reason) => this.#setBlocked(reason))
    connection.on('unblocked', () => this.#setBlocked(null))
    if (!this.#closedBySize) this.#maxBytes = Number.POSITIVE_INFINITY
    this.#closedBySize = false
    this.#returned = new Returned()
    this.#setBlocked(null) // a new connection is blocked when it publishes
    this.#missing = this.#options.topology.requiredInboxes[0] ?? null
    this.#frameMax = frameMaxOf(connection)
    this.#channel = channel
    this.#awaitConfirms(closed.signal, fail)
    this.#awaitInboxes(connection, closed.signal).catch(fail)
  }

  publish(to: Address, message: WireMessage, { exchange }: PublishOptions = {}): Promise<void> {
    const reason = this.waitingFor()
    if (reason !== null) return Promise.reject(new Unconfirmed(reason))
    const { topology } = this.#options
    // The broker would close the channel for a missing exchange, together with everything in flight. For an unknown
    // routing key of a direct exchange, the alternate exchange would accept and confirm the message.
    if (!mayPublishTo(topology, to))
      return Promise.reject(new Unsendable(`${topology.service} does not publish to ${nameOf(to)}`))
    const ownHeaders = to.exchange === topology.direct && exchange !== undefined ? originalExchange(exchange) : {}
    return this.send(to, message.body, toProperties(message, { ownHeaders, frameMax: this.#frameMax }))
  }

  waitingFor(): string | null {
    const unavailable = this.unavailable()
    if (unavailable !== null) return unavailable
    return this.#missing === null ? null : `waiting for ${this.#missing} to be declared and bound`
  }

  /**
   * Publishes as soon as there is a channel, even if inboxes are missing: for copies to the service's own queues.
   * @throws {Unroutable} it was returned. @throws {Unconfirmed} it was refused, or the channel closed before the
   * confirm.
   * @throws {Unsendable} amqplib can't write such properties, or the broker accepts no body of this size. Nothing was
   * sent.
   */
  send(to: Address, body: Uint8Array, properties: Options.Publish): Promise<void> {
    return new Promise((resolve, reject) => {
      const unconfirmed = (reason: string, cause?: unknown) => reject(new Unconfirmed(reason, { cause }))
      const channel = this.#channel
      const unavailable = this.unavailable()
      if (channel === null || unavailable !== null) return unconfirmed(unavailable ?? 'no channel')
      if (body.byteLength > this.#maxBytes) return reject(tooLarge(body, this.#maxBytes))
      const confirmed = (error: unknown) => {
        period.unconfirmed -= 1
        if (error) unconfirmed(`not confirmed: ${String(error)}`, error)
        else if (this.#returned.take(to, properties.messageId))
          reject(new Unroutable(`no queue is bound to ${nameOf(to)}`))
        else resolve()
      }
      const period = this.#unconfirmed.sent()
      try {
        assertFits(properties, this.#frameMax)
        channel.publish(to.exchange, to.routingKey, asBuffer(body), { ...properties, mandatory: true }, confirmed)
      } catch (error) {
        period.unconfirmed -= 1
        if (!(error instanceof IllegalOperationError)) return reject(cantBeWritten(error))
        unconfirmed(`not sent: ${error.message}`, error) // the channel is closed
      }
    })
  }

  /** The reason why nothing can be published. Null if there is a channel, even if inboxes are missing. */
  unavailable(): string | null {
    if (this.#channel === null) return `not connected to RabbitMQ: ${this.#options.down() ?? 'opening a channel'}`
    return this.#blocked
  }

  /** The reason why RabbitMQ reads no messages. If the connection ends meanwhile, until there is another one. */
  blocked(): string | null {
    return this.#blocked
  }

  /** The time since RabbitMQ reads messages again, ms. Infinity if it has always done so. */
  unblockedForMs(): number {
    return performance.now() - this.#unblockedAtMs
  }

  #setBlocked(reason: string | null): void {
    if (this.#blocked !== null && reason === null) this.#unblockedAtMs = performance.now()
    this.#blocked = reason === null ? null : `RabbitMQ has blocked publishing: ${reason}`
    if (reason === null) this.#unconfirmed.unblock(performance.now())
    else this.#unconfirmed.block(performance.now())
  }

  /** Ends a connection on which a confirm is missing. Its messages are then sent again. */
  #awaitConfirms(closed: AbortSignal, fail: Fail): void {
    const { confirmTimeoutMs = 60_000 } = this.#options
    this.#unconfirmed = new UnconfirmedSends(performance.now())
    const check = () => {
      if (this.#unconfirmed.isOverdue(confirmTimeoutMs, performance.now()))
        fail(new Error(`RabbitMQ has not confirmed a message for ${confirmTimeoutMs / 1_000} s`))
    }
    const timer = setInterval(check, confirmTimeoutMs / 6)
    closed.addEventListener('abort', () => clearInterval(timer))
  }

  async #awaitInboxes(connection: ChannelModel, signal: AbortSignal): Promise<void> {
    const { topology, backoff } = this.#options
    const missing = (inbox: string) => {
      this.#missing = inbox
    }
    await requiredInboxesBound(connection, topology, { backoff, signal, missing })
    if (!signal.aborted) this.#missing = null
  }
}

const nameOf = ({ exchange, routingKey }: Address): string => `${exchange} ${routingKey}`.trimEnd()

const asBuffer = (body: Uint8Array): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)

/** The limit in RabbitMQ's refusal of a larger message (rabbit_channel:check_msg_size), in bytes. */
const maxBytesIn = ({ message }: Error): number | null => {
  const [, limit] = /message size \d+ is larger than (?:configured )?max size (\d+)/.exec(message) ?? []
  return limit === undefined ? null : Number(limit)
}

const tooLarge = (body: Uint8Array, maxBytes: number): Unsendable =>
  new Unsendable(`its body has ${body.byteLength} bytes, but RabbitMQ accepts at most ${maxBytes}`)

const cantBeWritten = (cause: unknown): Unsendable =>
  new Unsendable(`AMQP can't express it: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
