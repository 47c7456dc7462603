/** Finds the event of a history that caused a message, also through internal messages and tasks, which the history lacks. */
import type { Event } from '../../../api/types.ts'

/** A service as in the model of the choreography. */
export interface CausingService {
  readonly causes?: Readonly<Record<string, readonly string[]>>
  readonly work?: { readonly tasks?: Readonly<Record<string, readonly string[]>> } | null
}

/** All types that may cause the type in this service, directly or through others. */
export const causingTypes = ({ causes = {}, work }: CausingService, type: string): string[] => {
  const edges = Object.entries({ ...causes, ...work?.tasks })
  const found = new Set<string>()
  const visit = (effect: string): void => {
    for (const [cause, effects] of edges) {
      if (found.has(cause) || !effects.includes(effect)) continue
      found.add(cause)
      visit(cause)
    }
  }
  visit(type)
  return [...found]
}

/**
 * The event that caused another one. Its causation id names it, unless an internal message lies between them. Then it is the latest
 * earlier event that the model of its service names as a cause, and for a notification the event of its occasion.
 */
export const causeOfEvent = (
  event: Event,
  earlier: readonly Event[],
  { all, service }: { readonly all: readonly Event[]; readonly service: CausingService },
): Event | undefined => {
  const named = all.find(({ id }) => id === event.causationid)
  if (named) return named
  const types = causingTypes(service, event.type)
  const { occasion } = event.data
  const ofOccasion = types.filter((type) => typeof occasion === 'string' && isOccasion(type, occasion))
  return latestOf(earlier, ofOccasion) ?? latestOf(earlier, types)
}

/** The latest event that may have caused a message of this type in this service. */
export const causeOfType = (type: string, events: readonly Event[], service: CausingService): Event | undefined =>
  latestOf(events, causingTypes(service, type))

export const latestOf = (events: readonly Event[], types: readonly string[]): Event | undefined =>
  events.findLast(({ type }) => types.includes(type))

/** `order_placed` is the occasion of OrderPlaced, `refund_failed` that of PaymentRefundFailed. That of a parcel ends with its time. */
const isOccasion = (type: string, occasion: string): boolean => {
  const [name = ''] = occasion.split(':')
  return type
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .endsWith(name)
}
