/** Turns the facts of an order into the nodes of its timeline. */
import type { Diagnosis, Event } from '../../../api/types.ts'
import { type CausingService, causeOfEvent, causeOfType, causingTypes } from './causes.ts'
import { detailOf } from './detail.ts'
import type { TimelineFacts } from './facts.ts'
import { heldNodes, waitingKey } from './held-nodes.ts'
import type { TimelineNode } from './node.ts'
import { eventsOf, whereOf } from './sentence.ts'

/** The services of the choreography, by name. */
export type ServicesModel = Readonly<Record<string, CausingService>>

/** The events come first, in the order of the history. */
export const nodesOf = ({ events, services, missing, nowMs }: TimelineFacts, model: ServicesModel): TimelineNode[] => {
  const modelOf = (service: string): CausingService => model[service] ?? {}
  const held = services.flatMap((facts) => heldNodes(facts, { events, nowMs, model: modelOf(facts.service) }))
  return [
    ...events.map((event, index) => {
      const service = serviceOf(event)
      const cause = causeOfEvent(event, events.slice(0, index), { all: events, service: modelOf(service) })
      return eventNode(event, failureBefore(event, held, modelOf(service)) ?? cause?.id ?? null)
    }),
    ...held,
    ...missing.map((answer) =>
      ghostNode(answer, causeOfGhost(answer, { held, events, model: modelOf(answer.owedBy) })),
    ),
  ]
}

const serviceOf = ({ source }: Pick<Event, 'source'>): string => source.replace(/^\//, '')

const eventNode = ({ id, type, source, time, data }: Event, cause: string | null): TimelineNode => ({
  key: id,
  kind: 'event',
  service: serviceOf({ source }),
  title: type,
  at: time,
  detail: detailOf(data),
  cause,
  contents: { kind: 'events', ids: [id] },
})

/** The failed attempts of the work that led to the event in the end. */
const failureBefore = (event: Event, held: readonly TimelineNode[], model: CausingService): string | undefined => {
  const types = causingTypes(model, event.type)
  return held.find(
    ({ kind, service, title, at }) =>
      kind === 'failure' && service === serviceOf(event) && types.includes(title) && at !== null && at <= event.time,
  )?.key
}

const ghostNode = (answer: Diagnosis, cause: string | null): TimelineNode => {
  const { owedBy, remedy } = answer
  return {
    key: `${owedBy}/missing/${eventsOf(answer)}`,
    kind: 'ghost',
    service: owedBy,
    title: eventsOf(answer),
    at: null,
    detail: remedy ?? whereOf(answer),
    cause,
    contents: { kind: 'none' },
  }
}

interface Around {
  readonly held: readonly TimelineNode[]
  readonly events: readonly Event[]
  readonly model: CausingService
}

/** A missing answer follows from the message that blocks it, if the timeline has it. Otherwise from the event that it answers. */
const causeOfGhost = ({ missing, where }: Diagnosis, { held, events, model }: Around): string | null => {
  const { service, place, type } = where
  const blocking = held.find(({ key }) => key === waitingKey(service, place, type))
  const answered = missing.flatMap((one) => causeOfType(one, events, model) ?? [])
  return blocking?.key ?? answered.at(-1)?.id ?? null
}
