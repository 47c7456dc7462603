/** The deliveries of a published message: each consumer gets it, at some time, and maybe repeatedly. */
import { catalog, choreography, draft, type Message, seal } from '@quadrille/events'
import type { Delivery } from './bag.ts'
import { now, type Performance } from './performance.ts'
import { addTask } from './tasks.ts'

const consumers = Object.values(choreography).map(({ name, consumes }) => ({
  name,
  consumes: new Set<string>(consumes),
}))

/**
 * @throws if the same id was published with other content, because consumers would treat the second as a repetition.
 */
export const say = (performance: Performance, message: Message): void => {
  const { said, heard, bag } = performance
  const known = said.get(message.id)
  if (known && JSON.stringify(known.data) !== JSON.stringify(message.data)) {
    throw new Error(`${message.type} was published again under the same id, with other content.`)
  }
  said.set(message.id, message)
  heard.push(message)
  if (catalog[message.type].kind === 'task') addTask(performance, message)
  for (const { name, consumes } of consumers) if (consumes.has(message.type)) bag.add({ to: name, message })
  if (message.type === 'OrderPlaced' && !known)
    for (const request of requestsFor(performance, message)) bag.add(request)
}

/** From now on the customer may cancel, and the order may expire. */
const requestsFor = ({ plan }: Performance, { subject: orderId }: Message): Delivery[] => {
  const planned = plan.orders.find(({ submissions }) => submissions.some(({ data }) => data.orderId === orderId))
  return (planned?.cancellations ?? []).map((reason) => {
    const request = draft('CancellationRequested', { orderId, reason })
    return { to: 'order', message: seal(request, { service: 'order', now }) }
  })
}
