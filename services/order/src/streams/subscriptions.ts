/** The open streams by what they want, so that an event is formatted once for all streams that want the same. */
import type { OrderStatus } from '@quadrille/events'
import { formatEvent } from '@quadrille/service'
import { formatPosition, type Position, positionAfter } from '../db/history-position.ts'
import type { AddedEvent, AddedEvents } from '../db/history-stream.ts'

/** Which events a stream gets, and how much of each. All fields but `view` must match if they are given. */
export interface Selection {
  readonly customerId?: string | undefined
  /** The status of the order at the time of reading. */
  readonly status?: OrderStatus | undefined
  readonly type?: string | undefined
  /** Default `full`. */
  readonly view?: 'full' | 'summary' | undefined
}

const matches =
  ({ customerId, status, type }: Selection) =>
  (added: AddedEvent): boolean =>
    (customerId === undefined || customerId === added.customerId) &&
    (status === undefined || status === added.status) &&
    (type === undefined || type === added.event.type)

/** Whether it needs the customer or the status of the order of an event. */
export const selectsByOrder = ({ customerId, status }: Selection): boolean =>
  customerId !== undefined || status !== undefined

/** Server-sent events for a reader at `from`. The id of each is the position after it. */
export const formatAdded = (from: Position, { snapshot, events }: AddedEvents, selection: Selection): string[] =>
  events.filter(matches(selection)).map((added) =>
    formatEvent({
      id: formatPosition(positionAfter(from, snapshot, added)),
      data: JSON.stringify(selection.view === 'summary' ? summaryOf(added.event) : added.event),
    }),
  )

/** The reason is that of a cancellation. */
const summaryOf = ({ type, subject, time, data: { reason } }: AddedEvent['event']) => ({ type, subject, time, reason })

/** Takes server-sent events, which are those after `from`. */
export type Take = (events: Uint8Array, from: Position) => void

export interface Subscriptions {
  /** Returns a function that ends the subscription. */
  add(selection: Selection, take: Take): () => void
  /** `onAdded` is called after events of this order were added. */
  addOrder(orderId: string, onAdded: () => void): () => void
  /** Whether a stream wants events by the customer or the status of their orders. */
  selectByOrder(): boolean
  publish(from: Position, added: AddedEvents): void
}

interface Taker {
  readonly selection: Selection
  readonly take: Take
}

export const createSubscriptions = (): Subscriptions => {
  const takers = new MapOfSets<Taker>()
  const followersOfOrders = new MapOfSets<() => void>()

  const publishTo = (group: ReadonlySet<Taker>, from: Position, added: AddedEvents) => {
    const [first] = group
    const formatted = first ? formatAdded(from, added, first.selection) : []
    if (formatted.length === 0) return
    const text = Buffer.from(formatted.join(''))
    for (const { take } of group) take(text, from)
  }
  const publishToOrders = (events: readonly AddedEvent[]) => {
    for (const orderId of new Set(events.map((event) => event.orderId)))
      for (const onAdded of followersOfOrders.get(orderId)) onAdded()
  }
  return {
    add: (selection, take) => {
      const { customerId, status, type, view } = selection
      return takers.add(JSON.stringify([customerId, status, type, view]), { selection, take })
    },
    addOrder: (orderId, onAdded) => followersOfOrders.add(orderId, onAdded),
    selectByOrder: () => [...takers.values()].some(([first]) => first !== undefined && selectsByOrder(first.selection)),
    publish: (from, added) => {
      for (const group of takers.values()) publishTo(group, from, added)
      if (followersOfOrders.size > 0) publishToOrders(added.events)
    },
  }
}

const none: ReadonlySet<never> = new Set()

/** A set for each key that has items. */
class MapOfSets<Item> {
  readonly #sets = new Map<string, Set<Item>>()

  get size(): number {
    return this.#sets.size
  }

  get(key: string): ReadonlySet<Item> {
    return this.#sets.get(key) ?? none
  }

  values(): Iterable<ReadonlySet<Item>> {
    return this.#sets.values()
  }

  /** Returns a function that removes the item. */
  add(key: string, item: Item): () => void {
    const items = this.#sets.get(key) ?? new Set()
    this.#sets.set(key, items.add(item))
    return () => {
      if (items.delete(item) && items.size === 0) this.#sets.delete(key)
    }
  }
}
