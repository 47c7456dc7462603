import { pause } from '@quadrille/async'
import { createDatabases as create, isOutage } from '@quadrille/postgres'

const maxPauseMs = 5_000

/** Creates the missing databases of the services on one server. Returns the URL of each service's database. */
export const createDatabases = async <Service extends string>(
  serverUrl: string,
  services: readonly Service[],
): Promise<ReadonlyMap<Service, string>> => {
  const urls = await create(
    serverUrl,
    services.map((service) => `quadrille_${service}`),
  )
  return new Map(services.map((service) => [service, urls.get(`quadrille_${service}`) ?? serverUrl]))
}

interface WaitOptions {
  /** Called with each new reason for the wait. */
  readonly warn: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * `createDatabases`, as soon as the server can be reached: at the start of a machine, it may start later than the shop.
 * @throws if the server refuses, or the signal aborts.
 */
export const createDatabasesWhenReachable = async <Service extends string>(
  serverUrl: string,
  services: readonly Service[],
  { warn, signal }: WaitOptions,
): Promise<ReadonlyMap<Service, string>> => {
  let reported = ''
  for (let tries = 0; ; tries += 1) {
    try {
      return await createDatabases(serverUrl, services)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Error && isOutage(error.cause))) throw error
      if (error.message !== reported) warn(`${error.message} Waiting for it.`)
      reported = error.message
      await pause(Math.min(maxPauseMs, 200 * 2 ** tries), signal)
      signal.throwIfAborted()
    }
  }
}
