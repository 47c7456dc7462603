/** Reads the log of operations of each service: the newest page again and again, and older ones on demand. */
import { useState } from 'preact/hooks'
import { get, textOf } from '../../api/client.ts'
import type { LoggedOperationPage } from '../../api/types.ts'
import { usePaused } from '../../paused.ts'
import { type Services, useServices } from '../../use-services.ts'
import { type MergedLog, mergeLogs, type ServiceLog, withMissing } from './merge-logs.ts'

export interface OperationLog extends MergedLog, Pick<Services<LoggedOperationPage>, 'down' | 'isLoading'> {
  /** Reads older operations. New ones then do not appear, until `readNewest`. */
  readonly readOlder: () => void
  /** Whether older ones are being read. */
  readonly isReading: boolean
  /** Undefined while the newest are shown. */
  readonly readNewest: (() => void) | undefined
  /** Why older operations could not be read. Empty if they could. */
  readonly failure: string
}

const pageSize = 50
const pollMs = 3_000
/** A filter by name, for which the services search all operations. */
const pollByNameMs = 60_000

/** `filter`: the parameters of the services' route, such as `operator=ada`. For another filter the caller shows another component. */
export const useOperationLog = (filter: string): OperationLog => {
  /** The logs as they were when older operations were asked for. Pages that are read later would not continue them. */
  const [kept, keep] = useState<readonly ServiceLog[]>()
  const [isReading, setReading] = useState(false)
  const [failure, setFailure] = useState('')
  usePaused(kept !== undefined)
  const routeOf = (service: string) => `/${service}/operations?${filter}&limit=${pageSize}`
  const { services, down, isLoading } = useServices<LoggedOperationPage>(routeOf, {
    everyMs: filter.includes('operator=') ? pollByNameMs : pollMs,
    paused: kept !== undefined,
  })
  const live = services.flatMap(({ service, body }): ServiceLog[] => (body ? [{ service, ...body }] : []))
  const logs = withMissing(kept ?? [], live)
  const merged = mergeLogs(logs)
  const readOlder = async () => {
    setReading(true)
    setFailure('')
    const continued = async (log: ServiceLog): Promise<ServiceLog> => {
      if (!merged.behind.includes(log.service)) return log
      const page = await get<LoggedOperationPage>(`${routeOf(log.service)}&cursor=${log.nextCursor}`)
      return page ? { ...log, ...page.body, items: [...log.items, ...page.body.items] } : log
    }
    try {
      keep(await Promise.all(logs.map(continued)))
    } catch (error) {
      setFailure(textOf(error))
    }
    setReading(false)
  }
  return {
    ...merged,
    down,
    isLoading,
    readOlder: () => void readOlder(),
    isReading,
    readNewest: kept && (() => keep(undefined)),
    failure,
  }
}
