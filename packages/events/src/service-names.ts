/** The list of services. Code that handles all services takes the list from here. */
import { choreography } from './choreography.ts'

export type ServiceName = keyof typeof choreography

/** In the order of the choreography. */
export const serviceNames = Object.keys(choreography) as readonly ServiceName[] // `Object.keys` returns string[]

/** One value for each service, by its name. */
export const mapServices = <Value>(make: (service: ServiceName) => Value): Readonly<Record<ServiceName, Value>> =>
  byService(serviceNames.map((service) => [service, make(service)]))

/** The same with asynchronous values, which are made concurrently. @throws the first error. */
export const mapServicesAsync = async <Value>(
  make: (service: ServiceName) => Promise<Value>,
): Promise<Readonly<Record<ServiceName, Value>>> => {
  return byService(await Promise.all(serviceNames.map(async (service) => [service, await make(service)] as const)))
}

const byService = <Value>(entries: readonly (readonly [ServiceName, Value])[]) =>
  Object.fromEntries(entries) as Record<ServiceName, Value> // there is one entry for each service
