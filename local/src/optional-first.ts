/** The order in which the services of one process start. */
import { isOptional, type ServiceName } from '@quadrille/events'

/**
 * Starts the essential services when all optional ones have started. In process a message reaches only the queues that exist, and
 * no publisher waits for the queue of an optional service. If an optional service fails, its error is that of the essential ones.
 */
export const startOptionalFirst = <Started>(
  names: readonly ServiceName[],
  start: (name: ServiceName) => Promise<Started>,
): Promise<Started>[] => {
  const optional = names.filter(isOptional).map(start)
  const startEssential = async (name: ServiceName) => {
    await Promise.all(optional)
    return start(name)
  }
  return [...optional, ...names.filter((name) => !isOptional(name)).map(startEssential)]
}
