import { createDatabases as create } from '@quadrille/postgres'

/** Creates a database for each service on one server, where it is missing. Returns their URLs, by service. */
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
