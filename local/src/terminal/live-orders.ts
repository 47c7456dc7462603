/**
 * A line in the terminal for each order, when it ends or takes long. Of many orders it shows a sample, and says how many lines it
 * left out: a person reads no more, and the other orders cost the shop nothing but a look at the type and the id of their events.
 */
import { decode, type Message, type MessageType } from '@quadrille/events'
import type { WireMessage } from '@quadrille/messaging'
import { endingOf, isStep, stepOf } from './order-step.ts'
import { clockTimeOf } from './style.ts'
import type { Terminal } from './terminal.ts'

export interface LiveOrdersOptions extends Pick<Terminal, 'print' | 'style'> {
  readonly nowMs: () => number
  /** The address of a page about an order. Undefined without a console. */
  readonly pageOf: (orderId: string) => string | undefined
}

/** The maximum number of lines about orders a second. */
const linesASecond = 20
/** The maximum number of open orders that it remembers. Beyond it, it forgets the oldest. */
const maxOpen = 1_000
/** The number of events that it recognises when they are published again. */
const maxSeen = 10_000
/** The number of left out orders whose later events it leaves out too. Beyond it, it forgets the oldest. */
const maxLeftOut = 10_000
/** An order that is open for longer is shown before it ends, ms. */
const longAfterMs = 2_000
/** The maximum number of such lines a second, because in a burst every order takes long. */
const longLinesASecond = 3

const colours = { fulfilled: 'green', cancelled: 'yellow', stopped: 'red' } as const

interface Open {
  readonly placedAt: Date
  readonly steps: string[]
  readonly types: Set<MessageType>
  /** Whether a line has shown it as open. */
  isShown: boolean
}

export class LiveOrders {
  readonly #options: LiveOrdersOptions
  /** By id, the oldest first. */
  readonly #open = new Map<string, Open>()
  readonly #seen = new Set<string>()
  readonly #leftOut = new Set<string>()
  /** Orders, lines, and what was left out of both, since the last tick. */
  #placed = 0
  #lines = 0
  #notShown = 0

  constructor(options: LiveOrdersOptions) {
    this.#options = options
  }

  /** Takes each event that a service publishes, also one that is published again. */
  published(event: WireMessage): void {
    const { id, type, correlationId } = event
    if (!isStep(type) || this.#seen.has(id)) return
    const order = this.#open.get(correlationId)
    if (type === 'OrderPlaced') this.#place(event)
    else if (order) this.#proceed(order, event, type)
    else if (!this.#leftOut.has(correlationId)) this.#showAlone(event)
  }

  /** To be called every second. */
  tick(): void {
    const { print, style, nowMs } = this.#options
    if (this.#notShown > 0) print(style('dim', `${clockTimeOf(new Date(nowMs()))}  ${this.#notShown} more, not shown`))
    this.#placed = 0
    this.#lines = 0
    this.#notShown = 0
    for (const [orderId, order] of this.#open) {
      if (this.#lines >= longLinesASecond) break // the others have their turn at the next tick
      this.#showLong(orderId, order)
    }
  }

  #place(event: WireMessage): void {
    if (this.#placed >= linesASecond) {
      this.#leaveOut(event)
      return
    }
    const step = this.#stepOf(event)
    if (step === null) return
    this.#placed += 1
    const [oldest] = this.#open.keys()
    if (this.#open.size >= maxOpen && oldest !== undefined) this.#open.delete(oldest)
    const types = new Set<MessageType>(['OrderPlaced'])
    this.#open.set(event.correlationId, { placedAt: event.timestamp, steps: [step], types, isShown: false })
  }

  #proceed(order: Open, event: WireMessage, type: MessageType): void {
    const step = this.#stepOf(event)
    if (step === null) return
    const before = order.steps.join(' → ')
    order.steps.push(step)
    order.types.add(type)
    const ending = endingOf(order.types)
    if (ending === null) return
    this.#open.delete(event.correlationId)
    const { style } = this.#options
    const took = style('dim', `in ${durationOf(event.timestamp.getTime() - order.placedAt.getTime())}`)
    const isPrinted = this.#print(event, `${before} → ${style(colours[ending], step)}  ${took}`)
    if (!isPrinted) this.#leaveOut(event)
  }

  /** The order has ended before, or was placed before this start. */
  #showAlone(event: WireMessage): void {
    if (this.#lines >= linesASecond) {
      this.#leaveOut(event)
      return
    }
    const step = this.#stepOf(event)
    if (step !== null && !this.#print(event, `… → ${step}`)) this.#leaveOut(event)
  }

  /** Shows an order that takes long, once. */
  #showLong(orderId: string, order: Open): void {
    const { style, nowMs, pageOf } = this.#options
    const openForMs = nowMs() - order.placedAt.getTime()
    if (order.isShown || openForMs < longAfterMs) return
    const page = pageOf(orderId)
    const text = `${order.steps.join(' → ')} → ${style('yellow', `open for ${durationOf(openForMs)}`)}`
    const now = { correlationId: orderId, timestamp: new Date(nowMs()) }
    order.isShown = this.#print(now, page === undefined ? text : `${text}  ${page}`)
  }

  #print({ correlationId, timestamp }: Pick<WireMessage, 'correlationId' | 'timestamp'>, text: string): boolean {
    if (this.#lines >= linesASecond) return false
    this.#lines += 1
    const { print, style } = this.#options
    return print(`${style('dim', clockTimeOf(timestamp))}  ${style('bold', `…${correlationId.slice(-8)}`)}  ${text}`)
  }

  #leaveOut({ correlationId }: WireMessage): void {
    this.#notShown += 1
    remember(this.#leftOut, correlationId, maxLeftOut)
  }

  /** Null if the event is not shown. It is then not looked at again. */
  #stepOf({ id, body }: WireMessage): string | null {
    remember(this.#seen, id, maxSeen)
    const event = read(body)
    return event && stepOf(event)
  }
}

/** Adds an id, and forgets the oldest one beyond the maximum. */
const remember = (ids: Set<string>, id: string, max: number): void => {
  ids.add(id)
  const [oldest] = ids
  if (ids.size > max && oldest !== undefined) ids.delete(oldest)
}

/** Null if this version can't read it, such as an event that a newer version has left in the outbox. */
const read = (body: Uint8Array): Message | null => {
  try {
    return decode(body).message
  } catch {
    return null
  }
}

/** "23 ms", "7.3 s", "15 min". The clocks of two processes may differ, so it may be negative, and counts as 0. */
const durationOf = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}
