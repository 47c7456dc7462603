/** Gives services messages, by their outboxes, and waits until they have taken them in. */
import { catalog, encode } from '@quadrille/events'
import type { PublishVersions } from '@quadrille/messages'
import { insertOutbox, type Outgoing } from '@quadrille/outbox'
import type { Missing, Sources } from './missing.ts'
import { untilTakenIn } from './places.ts'

export interface Giving {
  readonly sources: Sources
  readonly patienceMs: number
  readonly publishVersions: PublishVersions
}

/** @throws where a service doesn't send what is in its outbox. */
export const give = async (
  { sources, patienceMs, publishVersions }: Giving,
  fresh: readonly Missing[],
): Promise<void> => {
  await Promise.all(
    [...Map.groupBy(fresh, ({ to }) => to)].map(async ([to, its]) => {
      await insertOutbox(
        sources[to],
        its.map((each) => outgoing(each, publishVersions)),
        atOnceForAnybody,
      )
      if ((await untilTakenIn(sources[to], idsOf(its.filter(isEvent)), patienceMs)) === 0) return
      throw new Error(
        `${to} sends nothing: is it running? What it is to have waits in its outbox. Then run this again.`,
      )
    }),
  )
}

/** Tasks are done when the world outside has answered, which is not waited for. */
export const isEvent = ({ message }: Missing): boolean => catalog[message.type].kind === 'event'

export const idsOf = (missing: readonly Missing[]): string[] => missing.map(({ message }) => message.id)

/** No lease: the service's sweep sends them. */
const atOnceForAnybody = { rows: 0, ms: 0 }

/** As the services send it, in the same version: an inbox that has it already must see that it is the same. */
export const outgoing = ({ message, address }: Omit<Missing, 'to'>, versions: PublishVersions): Outgoing => ({
  id: message.id,
  type: message.type,
  subject: message.subject,
  to: address,
  body: Buffer.from(encode(message, versions)).toString(),
  traceparent: message.traceparent,
})
