import { createDatabases as create } from '@quadrille/postgres'

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
