/** The console's forwarded routes match the HTTP interfaces of the services. */
import { forwardedRoutes } from '@quadrille/console/routes'
import { serviceNames } from '@quadrille/events'
import { describeService } from '@quadrille/service/tools'
import { expect, test } from 'vitest'
import { definitions } from '../src/definitions.ts'

test.each(serviceNames)('%s has the forwarded routes', (service) => {
  const { routes } = definitions[service].apply(describeService)
  const operations = routes.map((route) => `${route.method.toUpperCase()} ${route.path}`)
  const forwarded = forwardedRoutes
    .filter((route) => route.service === service)
    .flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`))
  expect(operations).toEqual(expect.arrayContaining(forwarded))
})
