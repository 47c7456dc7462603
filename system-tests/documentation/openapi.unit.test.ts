/** The OpenAPI documents of all services, made from their routes, and checked by Redocly's linter. */
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { createLogger, everyServicesRoutes, openApi, type Route, type ServiceDefinition } from '@quadrille/service'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'

const never = () => Promise.reject(new Error('This is about the document only.'))

/** The routes as the service has them. Nothing is called, so nothing behind them is there. */
const routesOf = <State, Config>({ model, config, wire }: ServiceDefinition<State, Config>): readonly Route[] => {
  const database = { query: never, transaction: never, end: never }
  const context = {
    config: config.parse({}),
    database,
    clock: { now: () => new Date(0), measure: never },
    log: createLogger('silent'),
    registry: new Registry(),
    gauge: () => undefined,
    tell: never,
    outboxFull: () => false,
    catchingUp: () => null,
  }
  const own = wire?.(context)?.routes ?? []
  return [
    ...own,
    ...everyServicesRoutes({ sql: database, model, openTasks: never, handled: never, desk: { database, ...desk } }),
  ]
}

const desk = { dryRun: never, preview: never, replay: never, replayEdited: never, discard: never }

const documents = [
  { name: 'order', document: openApi('order', routesOf(order)) },
  { name: 'payment', document: openApi('payment', routesOf(payment)) },
  { name: 'inventory', document: openApi('inventory', routesOf(inventory)) },
  { name: 'notification', document: openApi('notification', routesOf(notification)) },
]

const lint = async (document: object) => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  return problems.map(
    ({ ruleId, severity, message, location }) => `${severity} ${ruleId}: ${message} at ${location[0]?.pointer}`,
  )
}

describe('OpenAPI', () => {
  it.each(documents)('of $name passes the linter without errors or warnings', async ({ document }) => {
    expect(await lint(document)).toEqual([])
  })

  it('says how requests are refused by what the server checks of each', () => {
    const operations = documents.flatMap(({ document }) =>
      Object.values(document['paths'] as Record<string, Record<string, { responses: object }>>).flatMap(Object.entries),
    )
    expect(operations.length).toBeGreaterThan(20)
    for (const [method, { responses }] of operations) {
      const checked =
        method === 'get' ? ['403', '406', '429', '503'] : ['400', '403', '406', '413', '415', '422', '429']
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(checked))
    }
  })

  it('is seen to fail for a document that is not right', async () => {
    const [first] = documents
    const problems = await lint({ ...first?.document, paths: { '/orders/{id}': { get: { responses: {} } } } })
    expect(problems.some((problem) => problem.startsWith('error'))).toBe(true)
  })
})
