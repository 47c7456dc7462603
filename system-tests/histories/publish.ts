/** Publishes a message: each consumer gets it at some time, maybe repeatedly. */
import { catalog, choreography, draft, type Message, seal } from '@quadrille/events'
import { check } from './invariants/check.ts'
import type { PlannedOrder } from './plan.ts'
import type { Delivery } from './pool.ts'
import { type HistoryRun, now } from './run.ts'
import { addTask } from './tasks.ts'

const consumers = Object.values(choreography).map(({ name, consumes }) => ({
  name,
  consumes: new Set<string>(consumes),
}))

/**
 * @throws if the same id was published with other content, because consumers would treat the second as a repetition.
 */
export const publish = (run: HistoryRun, message: Message): void => {
  const { published, recentlyPublished, pool } = run
  const known = published.get(message.id)
  const isSame = !known || JSON.stringify(known.data) === JSON.stringify(message.data)
  check(isSame, `no other content is published under an id: ${message.type}`, message.subject)
  published.set(message.id, message)
  recentlyPublished.push(message)
  if (catalog[message.type].kind === 'task') addTask(run, message)
  for (const { name, consumes } of consumers) if (consumes.has(message.type)) pool.add({ to: name, message })
  if (message.type === 'OrderPlaced' && !known) for (const request of requestsFor(run, message)) pool.add(request)
}

/** The customer's cancellation and the expiry of a placed order, if they are planned. */
const requestsFor = (run: HistoryRun, { subject: orderId }: Message): Delivery[] =>
  (plannedFor(run, orderId)?.cancellations ?? []).map((reason) => {
    const request = draft('CancellationRequested', { orderId, reason })
    return { to: 'order', message: seal(request, { service: 'order', now }) }
  })

/** The requests to dispatch the parcels of an order that shipping knows. */
export const dispatchesFor = (run: HistoryRun, { subject: orderId }: Message): Delivery[] =>
  (plannedFor(run, orderId)?.dispatches ?? []).map((parcel) => {
    const request = draft('DispatchRequested', { orderId, ...parcel })
    return { to: 'shipping', message: seal(request, { service: 'shipping', now }) }
  })

const plannedFor = ({ plan }: HistoryRun, orderId: string): PlannedOrder | undefined =>
  plan.orders.find(({ submissions }) => submissions.some(({ data }) => data.orderId === orderId))
