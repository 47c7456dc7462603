/**
 * A line in the terminal for each order, when it ends or takes long. Of many orders it shows a sample, and says how many lines it
 * left out: a person reads no more, and the other orders cost the shop next to nothing.
 */
import type { Message, MessageType } from '@quadrille/events'
import { endingOf, stepOf } from './order-step.ts'
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
  readonly #leftOut = new Set<string>()
  /** Orders, lines, and what was left out of both, since the last tick. */
  #placed = 0
  #lines = 0
  #notShown = 0

  constructor(options: LiveOrdersOptions) {
    this.#options = options
  }

  /** Takes each event once, when a service has committed it. Those of a commit whose confirmation was lost are missing. */
  committed(event: Message): void {
    const step = stepOf(event)
    if (step === null) return
    const order = this.#open.get(event.subject)
    if (event.type === 'OrderPlaced') this.#place(event, step)
    else if (order) this.#proceed(order, event, step)
    else if (!this.#leftOut.has(event.subject)) this.#showAlone(event, step)
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

  #place(event: Message, step: string): void {
    if (this.#placed >= linesASecond) {
      this.#leaveOut(event)
      return
    }
    this.#placed += 1
    const [oldest] = this.#open.keys()
    if (this.#open.size >= maxOpen && oldest !== undefined) this.#open.delete(oldest)
    const types = new Set<MessageType>(['OrderPlaced'])
    this.#open.set(event.subject, { placedAt: new Date(event.time), steps: [step], types, isShown: false })
  }

  #proceed(order: Open, event: Message, step: string): void {
    const before = order.steps.join(' → ')
    order.steps.push(step)
    order.types.add(event.type)
    const ending = endingOf(order.types)
    if (ending === null) return
    this.#open.delete(event.subject)
    const { style } = this.#options
    const took = style('dim', `in ${durationOf(Date.parse(event.time) - order.placedAt.getTime())}`)
    const isPrinted = this.#print(event, `${before} → ${style(colours[ending], step)}  ${took}`)
    if (!isPrinted) this.#leaveOut(event)
  }

  /** The order has ended before, or was placed before this start. */
  #showAlone(event: Message, step: string): void {
    if (!this.#print(event, `… → ${step}`)) this.#leaveOut(event)
  }

  /** Shows an order that takes long, once. */
  #showLong(orderId: string, order: Open): void {
    const { style, nowMs, pageOf } = this.#options
    const openForMs = nowMs() - order.placedAt.getTime()
    if (order.isShown || openForMs < longAfterMs) return
    const page = pageOf(orderId)
    const text = `${order.steps.join(' → ')} → ${style('yellow', `open for ${durationOf(openForMs)}`)}`
    const now = { subject: orderId, time: new Date(nowMs()).toISOString() }
    order.isShown = this.#print(now, page === undefined ? text : `${text}  ${page}`)
  }

  #print({ subject, time }: Pick<Message, 'subject' | 'time'>, text: string): boolean {
    if (this.#lines >= linesASecond) return false
    this.#lines += 1
    const { print, style } = this.#options
    return print(`${style('dim', clockTimeOf(new Date(time)))}  ${style('bold', `…${subject.slice(-8)}`)}  ${text}`)
  }

  #leaveOut({ subject }: Pick<Message, 'subject'>): void {
    this.#notShown += 1
    this.#leftOut.add(subject)
    const [oldest] = this.#leftOut
    if (this.#leftOut.size > maxLeftOut && oldest !== undefined) this.#leftOut.delete(oldest)
  }
}

/** "23 ms", "7.3 s", "15 min". The clocks of two processes may differ, so it may be negative, and counts as 0. */
const durationOf = (ms: number): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}
