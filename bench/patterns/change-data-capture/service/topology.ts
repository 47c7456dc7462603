import type { ServiceTopology } from '@quadrille/messaging'

export const inbox = 'bench.inbox'
export const events = 'bench.events'

/** A service that publishes to its own inbox. */
export const topology: ServiceTopology = {
  service: 'bench',
  essential: true,
  events,
  direct: 'bench.direct',
  fanout: null,
  queues: [{ name: inbox, exchanges: [events] }],
  deadLetterQueue: 'bench.dead',
  requiredInboxes: [],
}
