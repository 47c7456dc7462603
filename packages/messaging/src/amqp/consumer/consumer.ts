/** A consumer of one queue, across connections. */
import type { Channel, ChannelModel } from 'amqplib'
import type { Consumer, QueueDepth } from '../../broker.ts'
import { ForgottenConsumer } from '../rabbitmq-3/forgotten-consumer.ts'
import type { Fail } from '../reconnecting.ts'
import { CaughtUp } from './caught-up.ts'
import { type Handle, QueueChannel } from './queue-channel.ts'
import { depthOf, QueueProbe } from './queue-probe.ts'

export interface AmqpConsumerOptions {
  readonly handle: Handle
  readonly queue: string
  readonly prefetch: number
  /**
   * The time after which the broker is assumed to have detected the end of an earlier connection, and to have requeued its
   * deliveries, ms.
   */
  readonly lossDetectionMs: number
}

interface Session {
  readonly channel: Channel
  readonly deliveries: QueueChannel
  readonly probe: QueueProbe
  readonly forgottenConsumer: ForgottenConsumer
  readonly fail: Fail
  readonly openedAtMs: number
  consumerTag: string | null
  /** The last known depth of the queue. */
  seen: Seen | null
}

interface Seen {
  readonly depth: QueueDepth
  readonly atMs: number
}

const probeEveryMs = 1_000
/** The interval while the consumer has caught up, and no message waits or is being handled, ms. */
const idleProbeEveryMs = 5_000
/** How long a depth is valid after it was read, ms. After a longer time without one, this consumer may lack messages that wait. */
const staleAfterMs = 8_000

/** https://www.rabbitmq.com/docs/consumer-cancel, https://www.rabbitmq.com/docs/quorum-queues#consumer-timeout */
const whyCancelled =
  'because the queue was deleted, or (RabbitMQ 4.3 or later) a delivery was unsettled for longer than consumer_timeout'

export class AmqpConsumer implements Consumer {
  readonly #options: AmqpConsumerOptions
  readonly #caughtUp = new CaughtUp()
  #session: Session | null = null
  #stopped = false

  constructor(options: AmqpConsumerOptions) {
    this.#options = options
  }

  /** Consumes on a new connection, until it ends. */
  async open(connection: ChannelModel, fail: Fail): Promise<void> {
    if (this.#stopped) return
    const { queue, prefetch, handle } = this.#options
    const channel = await connection.createChannel()
    const deliveries = new QueueChannel(channel, handle)
    const probe = new QueueProbe(connection, queue)
    const session: Session = {
      channel,
      deliveries,
      probe,
      forgottenConsumer: new ForgottenConsumer(),
      fail,
      openedAtMs: performance.now(),
      consumerTag: null,
      seen: null,
    }
    this.#end()
    this.#session = session
    this.#watch(session)
    await channel.prefetch(prefetch)
    const { messageCount, consumerCount } = await channel.checkQueue(queue)
    this.#caughtUp.connected(depthOf(messageCount, consumerCount))
    if (this.#stopped) return
    const { consumerTag } = await channel.consume(queue, (delivered) => {
      if (delivered) {
        this.#caughtUp.delivered(delivered.fields)
        deliveries.deliver(delivered)
      } else fail(new Error(`RabbitMQ has cancelled the consumer of ${queue}, ${whyCancelled}`))
    })
    session.consumerTag = consumerTag
    if (this.#stopped) await channel.cancel(consumerTag)
  }

  caughtUp(): boolean {
    const session = this.#session
    return isRecent(session?.seen) && this.#caughtUp.done(session?.deliveries.finishedUpTo() ?? 0)
  }

  async depth(): Promise<QueueDepth | null> {
    const seen = this.#stopped ? null : this.#session?.seen
    return seen && isRecent(seen) ? seen.depth : null
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const session = this.#session
    session?.deliveries.stop()
    if (session?.consumerTag) await session.channel.cancel(session.consumerTag).catch(ignoreChannelEnd)
  }

  /**
   * Closes the channel after its acknowledgements have been sent. Closing the connection directly could overtake them.
   */
  async close(): Promise<void> {
    await this.#session?.channel.close()
  }

  #watch(session: Session): void {
    const { channel, deliveries, fail } = session
    let timer: NodeJS.Timeout | undefined
    const probeLater = () => {
      if (session !== this.#session) return
      const { seen } = session
      const hasAnswered = seen !== null && performance.now() - seen.atMs < probeEveryMs // otherwise the last probe had no answer
      const isIdle = hasAnswered && this.caughtUp() && seen.depth.messages === 0 && deliveries.unsettled() === 0
      timer = setTimeout(probe, isIdle ? idleProbeEveryMs : probeEveryMs).unref()
    }
    const probe = () => void this.#probe(session).then(probeLater)
    probeLater()
    channel.on('error', fail)
    channel.on('close', () => {
      clearTimeout(timer)
      if (this.#session !== session) return // a newer connection has taken over
      this.#end()
      fail(new Error(`the channel that consumed ${this.#options.queue} was closed`))
    })
  }

  /** Also ends a session whose channel has not closed, because the broker has not answered. */
  #end(): void {
    this.#caughtUp.disconnected(this.#session?.deliveries.unsettled() ?? 0)
    this.#session = null
  }

  async #probe(session: Session): Promise<void> {
    const { probe, deliveries, forgottenConsumer, openedAtMs, fail } = session
    if (!session.consumerTag) return // the depth must include this consumer
    const result = await probe.probe()
    if (session !== this.#session || this.#stopped) return
    const [atMs, delivered, unsettled] = [performance.now(), deliveries.delivered(), deliveries.unsettled()]
    if (forgottenConsumer.detected({ result, delivered, unsettled, atMs }))
      return fail(new Error(`RabbitMQ has forgotten the consumer of ${this.#options.queue}`))
    if (result === null) return
    if (atMs - (session.seen?.atMs ?? openedAtMs) >= staleAfterMs) this.#caughtUp.connected(null)
    session.seen = result === 'gone' ? null : { depth: result, atMs }
    if (result === 'gone') return
    const lossDetected = atMs - openedAtMs >= this.#options.lossDetectionMs
    this.#caughtUp.observed({ ...result, delivered, lossDetected })
  }
}

const isRecent = (seen: Seen | null | undefined): boolean =>
  seen != null && performance.now() - seen.atMs < staleAfterMs

/** A channel that ends before it has answered delivers nothing. Its own listeners report the reason. */
const ignoreChannelEnd = () => undefined
