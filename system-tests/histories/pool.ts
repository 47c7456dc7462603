/** All messages and steps in flight, unordered. */
import type { Message, ServiceName } from '@quadrille/events'
import type { Random } from '@quadrille/testing'

export interface Delivery {
  readonly to: ServiceName
  readonly message: Message
}

/** Any other step: a task, a delayed call to the gateway, an operator's action. */
export interface Step {
  readonly name: string
  readonly execute: () => void | Promise<void>
}

export type InFlight = Delivery | Step

export interface Pool {
  add(entry: InFlight): void
  /** Removes a random entry. Undefined if the pool is empty. */
  draw(): InFlight | undefined
  /** Removes further deliveries to the same service, for one batch. */
  drawMore(to: ServiceName, limit: number): Delivery[]
}

export const createPool = (random: Random): Pool => {
  const entries: InFlight[] = []
  const take = (index: number): InFlight | undefined => {
    const taken = entries[index]
    const last = entries.pop()
    if (last && index < entries.length) entries[index] = last
    return taken
  }
  return {
    add: (entry) => void entries.push(entry),
    draw: () => take(random.below(entries.length)),
    drawMore: (to, limit) => {
      const drawn: Delivery[] = []
      for (let index = entries.length - 1; index >= 0 && drawn.length < limit; index -= 1) {
        const entry = entries[index]
        if (!entry || !('to' in entry) || entry.to !== to || random.chance(0.3)) continue
        take(index)
        drawn.push(entry)
      }
      return drawn
    },
  }
}
