/** The services under measurement: those on which orders depend. The optional ones are off. */
import { optionalServiceNames, runningServices, type ServiceName, switchOf } from '@quadrille/events'

export type MeasuredService = Exclude<ServiceName, (typeof optionalServiceNames)[number]>

/** The variables of `npm start` and of the audit that leave out the optional services. */
export const switches: Readonly<Record<string, string>> = Object.fromEntries(
  optionalServiceNames.map((service) => [switchOf(service), 'off']),
)

export const measuredServices = runningServices(switches) as readonly MeasuredService[] // the others are off

/** One value for each measured service, by its name. */
export const mapMeasured = <Value>(make: (service: MeasuredService) => Value): ByMeasuredService<Value> =>
  byService(measuredServices.map((service) => [service, make(service)]))

/** The same with asynchronous values, which are made concurrently. @throws the first error. */
export const mapMeasuredAsync = async <Value>(
  make: (service: MeasuredService) => Promise<Value>,
): Promise<ByMeasuredService<Value>> =>
  byService(await Promise.all(measuredServices.map(async (service) => [service, await make(service)] as const)))

export type ByMeasuredService<Value> = Readonly<Record<MeasuredService, Value>>

const byService = <Value>(entries: readonly (readonly [MeasuredService, Value])[]) =>
  Object.fromEntries(entries) as Record<MeasuredService, Value> // there is one entry for each service
