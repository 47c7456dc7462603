/** The console's forwarded routes match the HTTP interfaces of the services. */
import { forwardedRoutes } from '@quadrille/console/routes'
import { describeService } from '@quadrille/service/tools'
import { expect, test } from 'vitest'
import { definitions } from '../src/definitions.ts'

test.each(forwardedRoutes)('$service has the route $method $path', ({ service, method, path }) => {
  const { routes } = definitions[service].apply(describeService)
  const operations = routes.map((route) => `${route.method.toUpperCase()} ${route.path}`)
  expect(operations).toContain(`${method} ${path}`)
})
