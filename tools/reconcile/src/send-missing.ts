/** Sends messages to services through their outboxes, and waits until they are handled. */
import { catalog, encode } from '@quadrille/events'
import type { PublishVersions } from '@quadrille/messages'
import { insertOutbox, type Outgoing } from '@quadrille/outbox'
import { run } from '@quadrille/postgres'
import { type Missing, type Sources, sourceOf } from './missing.ts'
import { untilDrained } from './places.ts'

export interface SendOptions {
  readonly sources: Sources
  readonly stalledAfterMs: number
  readonly publishVersions: PublishVersions
}

/** @throws if a service does not send the messages in its outbox. */
export const sendMissing = async (
  { sources, stalledAfterMs, publishVersions }: SendOptions,
  fresh: readonly Missing[],
): Promise<void> => {
  await Promise.all(
    [...Map.groupBy(fresh, ({ to }) => to)].map(async ([to, its]) => {
      const messages = its.map((each) => outgoing(each, publishVersions))
      const source = sourceOf(sources, to)
      await run(source, insertOutbox(messages, noLease))
      if ((await untilDrained(source, messagesOf(its.filter(isEvent)), stalledAfterMs)) === 0) return
      throw new Error(
        `Messages in the outbox of ${to} are not sent. Check that it runs and reaches its broker, and run reconcile again.`,
      )
    }),
  )
}

/**
 * Waits until these messages, which are in outboxes, are handled or parked, or there was no progress for `stalledAfterMs`. False
 * if there are none.
 */
export const untilHandled = async (
  { sources, stalledAfterMs }: Pick<SendOptions, 'sources' | 'stalledAfterMs'>,
  unsent: readonly Missing[],
): Promise<boolean> => {
  await Promise.all(
    [...Map.groupBy(unsent, ({ to }) => to)].map(([to, its]) =>
      untilDrained(sourceOf(sources, to), messagesOf(its), stalledAfterMs),
    ),
  )
  return unsent.length > 0
}

/** A task ends with the response of an external system, so its end is not awaited. */
export const isEvent = ({ message }: Missing): boolean => catalog[message.type].kind === 'event'

export const messagesOf = (missing: readonly Missing[]) => missing.map(({ message }) => message)

/** No lease: the service's sweep sends the rows. */
const noLease = { leased: 0, leaseMs: 0 }

/** Encodes a message in the version that the services publish, so that an inbox detects a duplicate. */
export const outgoing = (
  { message, address }: Pick<Missing, 'message' | 'address'>,
  versions: PublishVersions,
): Outgoing => ({
  id: message.id,
  type: message.type,
  subject: message.subject,
  to: address,
  body: Buffer.from(encode(message, versions)).toString(),
  traceparent: message.traceparent,
})
