/** The choreography as a map: a lane for each service, and the events between them. Drawn from the model alone. */
import { causingTypes } from '../../shop/causes.ts'

/** A service as in the model of the choreography. */
export interface FlowService {
  readonly name: string
  readonly publishes: readonly string[]
  readonly consumes: readonly string[]
  readonly causes?: Readonly<Record<string, readonly string[]>>
  readonly work: {
    readonly queues: readonly string[]
    readonly tasks: Readonly<Record<string, readonly string[]>>
  } | null
}

export interface FlowEvent {
  readonly type: string
  readonly publisher: string
  /** In the order of the lanes. */
  readonly subscribers: readonly string[]
}

export interface FlowMap {
  readonly lanes: readonly FlowService[]
  /** In the order in which they follow from each other. */
  readonly events: readonly FlowEvent[]
}

/** @param services those that run, in the order of the model. */
export const flowMapOf = (services: readonly FlowService[]): FlowMap => {
  const events = services.flatMap(({ name, publishes }) =>
    publishes.map((type) => ({
      type,
      publisher: name,
      subscribers: services.filter(({ consumes }) => consumes.includes(type)).map((subscriber) => subscriber.name),
    })),
  )
  const byType = new Map(events.map((event) => [event.type, event]))
  return { lanes: services, events: inOrderOfEffects(services).flatMap((type) => byType.get(type) ?? []) }
}

/**
 * Each event before its effects, and these before the next event of the same cause. So the usual course of an order comes first, as the
 * model lists it first.
 */
const inOrderOfEffects = (services: readonly FlowService[]): readonly string[] => {
  const effects = new Map<string, string[]>()
  for (const service of services)
    for (const type of service.publishes)
      for (const cause of causesOf(service, type)) effects.set(cause, [...(effects.get(cause) ?? []), type])
  const ordered = new Set<string>()
  const visit = (type: string): void => {
    if (ordered.has(type)) return
    ordered.add(type)
    for (const effect of effects.get(type) ?? []) visit(effect)
  }
  for (const { publishes } of services) for (const type of publishes) visit(type)
  return [...ordered]
}

const causesOf = (service: FlowService, type: string): readonly string[] => {
  const { causes = {}, consumes } = service
  const actsOnRequest = !consumes.some((consumed) => consumed in causes) // about what it has consumed
  return actsOnRequest ? consumes : eventsLeadingTo(service, type)
}

/** The consumed events that lead to an event or a task of the service, through its tasks and internal messages. */
export const eventsLeadingTo = (service: FlowService, type: string): readonly string[] => {
  const leading = new Set(causingTypes(service, type).flat())
  return service.consumes.filter((consumed) => leading.has(consumed))
}
