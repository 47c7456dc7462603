/** The console's types and forwarded routes match the HTTP interfaces of the services. */
import { readFileSync } from 'node:fs'
import { forwardedRoutes } from '@quadrille/console/routes'
import { describeService } from '@quadrille/service/tools'
import { expect, test } from 'vitest'
import { consoleTypes } from '../scripts/console-types/file.ts'
import { definitions } from '../src/definitions.ts'

test('console/src/page/api/types.ts is up to date: run `npm run generate` if not', () => {
  const file = new URL('../../console/src/page/api/types.ts', import.meta.url)
  expect(readFileSync(file, 'utf8')).toBe(consoleTypes())
})

test.each(forwardedRoutes)('$service has the route $method $path', ({ service, method, path }) => {
  const { routes } = definitions[service].apply(describeService)
  const operations = routes.map((route) => `${route.method.toUpperCase()} ${route.path}`)
  expect(operations).toContain(`${method} ${path}`)
})
