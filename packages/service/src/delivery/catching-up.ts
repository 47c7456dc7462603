/** Whether a service has handled the messages that waited for it. A decision about missing events must wait for that. */
import type { Participant } from '@quadrille/messaging'
import type { PostgresAvailability } from '../core/postgres-availability.ts'
import type { MonitoredConsumer } from '../telemetry/load/samplers.ts'

export interface CatchingUpOptions {
  readonly participant: Pick<Participant, 'disconnected' | 'blocked' | 'restoredForMs'>
  readonly availability: Pick<PostgresAvailability, 'availableForMs'>
  /** The time since the service changed from one broker to another, ms. Infinity if it never did. */
  readonly brokerChangedForMs: () => number
}

/**
 * How long Postgres and the broker must be available after an outage, and messages must be released after a common fault, before
 * the service counts as caught up, ms. A service handles thousands of messages a second, so it has handled its backlog by then. A
 * held message may wait in the retry queue for 5 s of it. Other services may reconnect a few seconds later, and only then publish
 * what waits in their outboxes. During an alarm of RabbitMQ the events of all services wait there.
 */
const catchUpMs = 30_000
/**
 * How long messages may arrive late after a change of the broker, ms. They wait in the databases of this service and of others, and are
 * sent only when all services have been started with the new broker, perhaps one process after the other.
 */
const changeOfBrokerMs = 300_000

/** Null if the service has caught up. Otherwise the reason. @param inbox the consumer of the inbox. */
export const catchingUp = (
  inbox: Pick<MonitoredConsumer, 'queue' | 'consumer' | 'heldFor' | 'releasedForMs'>,
  { participant, availability, brokerChangedForMs }: CatchingUpOptions,
): string | null => {
  const { queue } = inbox
  const isCaughtUp = inbox.consumer.caughtUp()
  const fault = (isCaughtUp ? null : participant.disconnected()) ?? participant.blocked()
  if (fault !== null) return `the broker is unavailable (${fault})`
  const kind = inbox.heldFor()
  if (kind !== null) return `messages in ${queue} all fail alike, and are held (${kind})`
  const releasedForMs = inbox.releasedForMs()
  if (releasedForMs <= catchUpMs) return `messages in ${queue} were held until ${secondsOf(releasedForMs)} s ago`
  if (!isCaughtUp) return `older messages in ${queue} are not handled yet`
  const changedForMs = brokerChangedForMs()
  if (changedForMs <= changeOfBrokerMs) return `the broker was changed ${secondsOf(changedForMs)} s ago`
  const restoredForMs = participant.restoredForMs()
  if (restoredForMs <= catchUpMs) return `the broker was unavailable until ${secondsOf(restoredForMs)} s ago`
  const availableForMs = availability.availableForMs()
  return availableForMs > catchUpMs ? null : `Postgres was unavailable ${secondsOf(availableForMs)} s ago`
}

const secondsOf = (ms: number): number => Math.round(ms / 1_000)
