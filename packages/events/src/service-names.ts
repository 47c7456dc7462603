/** The list of services. Code that handles all services takes the list from here. */
import { choreography } from './choreography.ts'

export type ServiceName = keyof typeof choreography

/** A service on which no order depends, so that a shop may run without it. */
export type OptionalServiceName = {
  [Name in ServiceName]: (typeof choreography)[Name]['essential'] extends true ? never : Name
}[ServiceName]

/** In the order of the choreography. */
export const serviceNames = Object.keys(choreography) as readonly ServiceName[] // `Object.keys` returns string[]

export const isOptional = (service: ServiceName): service is OptionalServiceName => !choreography[service].essential

export const optionalServiceNames: readonly OptionalServiceName[] = serviceNames.filter(isOptional)

/** The variable that leaves out an optional service if it is `off`. */
export const switchOf = (service: OptionalServiceName): Uppercase<OptionalServiceName> =>
  service.toUpperCase() as Uppercase<OptionalServiceName>

/**
 * The services that run with these variables: all, except for optional ones that are `off`. An empty variable counts as not set.
 * @throws if a switch has another value than `on` and `off`.
 */
export const runningServices = (variables: Readonly<Record<string, unknown>>): readonly ServiceName[] =>
  serviceNames.filter((service) => !isOptional(service) || isOn(switchOf(service), variables))

const isOn = (name: string, { [name]: value }: Readonly<Record<string, unknown>>): boolean => {
  if (value && value !== 'on' && value !== 'off') throw new Error(`${name} is ${value}; expected on or off.`)
  return value !== 'off'
}

/** One value for each service, by its name. */
export type ByService<Value> = Readonly<Record<ServiceName, Value>>

export const mapServices = <Value>(make: (service: ServiceName) => Value): ByService<Value> =>
  byService(serviceNames.map((service) => [service, make(service)]))

/** The same with asynchronous values, which are made concurrently. @throws the first error. */
export const mapServicesAsync = async <Value>(
  make: (service: ServiceName) => Promise<Value>,
): Promise<ByService<Value>> => {
  return byService(await Promise.all(serviceNames.map(async (service) => [service, await make(service)] as const)))
}

/** One value for each running service, by its name. */
export type ByRunningService<Value> = Readonly<
  Record<Exclude<ServiceName, OptionalServiceName>, Value> & Partial<Record<OptionalServiceName, Value>>
>

/** One value for each of the running services. */
export const mapRunningServices = <Value>(
  running: readonly ServiceName[],
  make: (service: ServiceName) => Value,
): ByRunningService<Value> => byService(running.map((service) => [service, make(service)]))

/** Converts each value. */
export const mapValues = <Value, Result>(
  values: ByRunningService<Value>,
  make: (value: Value, service: ServiceName) => Result,
): ByRunningService<Result> => {
  const entries = Object.entries(values) as [ServiceName, Value][] // it returns string
  return byService(entries.map(([service, value]) => [service, make(value, service)]))
}

const byService = <Value>(entries: readonly (readonly [ServiceName, Value])[]) =>
  Object.fromEntries(entries) as Record<ServiceName, Value> // there is one entry for each service
