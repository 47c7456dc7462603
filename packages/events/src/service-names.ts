/** The list of services. Everything that is done for each service takes it from here. */
import { choreography } from './choreography.ts'

export type ServiceName = keyof typeof choreography

/** In the order of the model. */
export const serviceNames = Object.keys(choreography) as readonly ServiceName[]

/** One value for each service, by its name. */
export const mapServices = <Value>(make: (service: ServiceName) => Value): Readonly<Record<ServiceName, Value>> =>
  Object.fromEntries(serviceNames.map((service) => [service, make(service)])) as Record<ServiceName, Value>

/** The same with asynchronous values, which are made concurrently. @throws the first error. */
export const mapServicesAsync = async <Value>(
  make: (service: ServiceName) => Promise<Value>,
): Promise<Readonly<Record<ServiceName, Value>>> => {
  const made = await Promise.all(serviceNames.map(async (service) => [service, await make(service)] as const))
  return Object.fromEntries(made) as Record<ServiceName, Value>
}
