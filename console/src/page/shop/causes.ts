/** Finds the event of a history that caused a message, also through internal messages and tasks, which the history lacks. */
import type { Event } from '../api/types.ts'

/** A service as in the model of the choreography. */
export interface CausingService {
  readonly causes?: Readonly<Record<string, readonly string[]>>
  readonly work?: { readonly tasks?: Readonly<Record<string, readonly string[]>> } | null
}

/** The types that may cause the type in this service: first those that cause it directly, then the causes of these, and so on. */
export const causingTypes = ({ causes = {}, work }: CausingService, type: string): string[][] => {
  const edges = Object.entries({ ...causes, ...work?.tasks })
  const found = new Set<string>()
  const levels: string[][] = []
  for (let effects = [type]; effects.length > 0; ) {
    const nearer = edges.flatMap(([cause, caused]) =>
      !found.has(cause) && effects.some((effect) => caused.includes(effect)) ? [cause] : [],
    )
    for (const cause of nearer) found.add(cause)
    if (nearer.length > 0) levels.push(nearer)
    effects = nearer
  }
  return levels
}

/**
 * The event that caused another one. Its causation id names it, unless an internal message lies between them. Then it is the nearest cause
 * in the model of its service that is an earlier event, the latest of them, and for a notification the event of its occasion.
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
  const ofOccasion = typeof occasion === 'string' ? earlier.filter((one) => isOccasion(one, occasion)) : []
  return nearestOf(ofOccasion, types) ?? nearestOf(earlier, types)
}

/** The event that may have caused a message of this type in this service. */
export const causeOfType = (type: string, events: readonly Event[], service: CausingService): Event | undefined =>
  nearestOf(events, causingTypes(service, type))

const nearestOf = (events: readonly Event[], levels: readonly (readonly string[])[]): Event | undefined => {
  for (const types of levels) {
    const found = events.findLast(({ type }) => types.includes(type))
    if (found) return found
  }
  return undefined
}

/** `order_placed` is the occasion of OrderPlaced, `refund_failed` that of PaymentRefundFailed. That of a parcel ends with its time. */
const isOccasion = ({ type, data }: Event, occasion: string): boolean => {
  const [, name = '', at] = /^(\w+)(?::(.*))?$/.exec(occasion) ?? []
  const words = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
  return words.endsWith(name) && (at === undefined || data['at'] === at)
}
