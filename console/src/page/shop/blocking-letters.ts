/** The dead letters of orders, in any service. */
import type { Whereabouts, WhereaboutsList } from '../api/types.ts'
import { type Services, useServices } from '../use-services.ts'

/** A parked message of an order. */
export interface BlockingLetter {
  readonly service: string
  readonly id: string
  /** The type of the message. */
  readonly type: string
}

/** Those that a service holds, of one of its answers about the order. */
export const lettersOf = (service: string, { waiting }: Pick<Whereabouts, 'waiting'>): BlockingLetter[] =>
  waiting.flatMap(({ deadLetterId, type }) => (deadLetterId === null ? [] : [{ service, id: deadLetterId, type }]))

/** A dead letter is not an event of an order, ms. */
const pollMs = 5_000
/** The most that a service is asked about at once. */
const maxOrders = 100

/** `down`: the services that do not answer. An earlier answer of theirs is not shown. */
interface BlockingLetters extends Pick<Services<WhereaboutsList>, 'down'> {
  /** By the ids of the orders. An order without any has no entry. */
  readonly letters: ReadonlyMap<string, readonly BlockingLetter[]>
}

export const useBlockingLetters = (orderIds: readonly string[]): BlockingLetters => {
  const ids = orderIds.slice(0, maxOrders)
  const parameters = new URLSearchParams(ids.map((id) => ['orderId', id]))
  const { services, down } = useServices<WhereaboutsList>((service) => `/${service}/whereabouts?${parameters}`, {
    isConcerned: (orders) => ids.some((id) => orders.includes(id)),
    everyMs: pollMs,
  })
  const found = services.flatMap(({ service, body, error }) =>
    ((error ? undefined : body)?.items ?? []).flatMap((item) =>
      lettersOf(service, item).map((letter) => ({ ...letter, item })),
    ),
  )
  return { letters: Map.groupBy(found, ({ item }) => item.orderId), down }
}
