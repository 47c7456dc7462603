/** Consumes one queue: passes deliveries to their handler in batches, and settles each by its outcome. */
import type { Language } from '@quadrille/messages'
import type { Consumer, Delivery, Participant } from '@quadrille/messaging'
import type { Lane } from '../core/lanes.ts'
import { outsideSpans } from '../telemetry/tracing.ts'
import type { Failures } from './failures.ts'
import type { InFlight } from './in-flight.ts'
import { Incoming } from './incoming.ts'
import { createLingering, type LingerOptions } from './lingering.ts'
import { type Handle, visitOutcomes } from './policy.ts'
import { createSettle, type SettleOptions } from './settle.ts'
import { createWaitingRoom, type WaitingRoomOptions } from './waiting-room.ts'

export interface QueueConsumerOptions extends Pick<WaitingRoomOptions, 'onWaiting'>, Pick<SettleOptions, 'now'> {
  readonly participant: Pick<Participant, 'consume'>
  readonly language: Pick<Language, 'decode'>
  readonly queue: string
  /** How many deliveries may be unsettled at a time. */
  readonly prefetch: number
  /**
   * True if a delivery must be a batch of its own. All others that arrive in one turn of the event loop are handled together.
   */
  readonly isAlone: (incoming: Incoming) => boolean
  /** Default: none linger. */
  readonly linger?: LingerOptions | undefined
  readonly handle: Handle
  readonly failures: Failures
  readonly inFlight: InFlight
  readonly onArrived: () => void
  /** Called with the number of deliveries of a batch that have left the memory: settled, or left to the broker. */
  readonly onLeft: (count: number) => void
  readonly onSettled: (settled: readonly Incoming[]) => void
}

export const consumeQueue = (options: QueueConsumerOptions): Consumer => {
  const { participant, language, queue, prefetch, handle, failures, inFlight, now } = options
  const { onArrived, onLeft, onSettled, onWaiting } = options
  const waitingRoom = createWaitingRoom({ onDue: (incoming) => batches.add(incoming), onWaiting })
  const settle = createSettle({ failures, waitingRoom, now })

  const handleAndSettle = async (batch: readonly Incoming[]): Promise<void> => {
    const settled: Incoming[] = []
    let left = 0
    await visitOutcomes(batch, handle, (incoming, outcome) => {
      const settlement = settle(incoming, outcome)
      if (settlement !== 'kept') left += 1
      if (settlement === 'settled') settled.push(incoming)
    })
    onLeft(left)
    onSettled(settled)
  }

  const batches = createBatches((batch) => outsideSpans(() => inFlight.add(handleAndSettle(batch))), options)
  const receive = (delivery: Delivery) => {
    onArrived()
    batches.add(new Incoming(delivery, language))
  }
  const consumer = participant.consume(queue, receive, { prefetch })
  return {
    caughtUp: () => consumer.caughtUp(),
    depth: () => consumer.depth(),
    stop: () => {
      waitingRoom.close()
      batches.close()
      return consumer.stop()
    },
  }
}

/** Collects the deliveries that arrive, or end their wait, in one turn of the event loop: a batch for each lane. */
const createBatches = (
  begin: (batch: readonly Incoming[]) => void,
  { isAlone, linger }: Pick<QueueConsumerOptions, 'isAlone' | 'linger'>,
) => {
  let collected = new Map<Lane, Incoming[]>()
  const flush = () => {
    const batches = collected.values()
    collected = new Map()
    for (const batch of batches) begin(batch)
  }
  const collect = (incoming: Incoming): void => {
    if (collected.size === 0) queueMicrotask(flush)
    const lane = incoming.lane()
    const batch = collected.get(lane)
    if (batch) batch.push(incoming)
    else collected.set(lane, [incoming])
  }
  const lingering = linger && createLingering({ ...linger, onEnd: (ended) => ended.forEach(collect) })
  return {
    add: (incoming: Incoming): void => {
      if (isAlone(incoming)) begin([incoming])
      else if (lingering) lingering.add(incoming)
      else collect(incoming)
    },
    close: () => lingering?.close(),
  }
}
