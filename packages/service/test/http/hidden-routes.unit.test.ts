/** A service does not start with a route that would take the requests of another one. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { type Route, route } from '../../src/http/route.ts'
import { startTestServer } from './test-server.ts'

const routeFor = (method: 'get' | 'post', path: string, params?: z.ZodObject): Route =>
  route({
    method,
    path,
    operationId: path,
    summary: 'Answers',
    description: 'Answers.',
    ...(params && { params }),
    responses: { 200: { description: 'Nothing', body: z.unknown() } },
    handle: () => ({ status: 200, body: {} }),
  })
const depot = routeFor('get', '/depots/{id}', z.strictObject({ id: z.string() }))
const nearest = routeFor('get', '/depots/nearest')

it.each([
  ['the same route twice', [nearest, nearest], 'GET /depots/nearest hides GET /depots/nearest from requests'],
  ['a route that an earlier one matches', [depot, nearest], 'GET /depots/{id} hides GET /depots/nearest from requests'],
  ['a route for operators', [routeFor('get', '/whereabouts')], 'GET /whereabouts hides GET /whereabouts from requests'],
  ['a probe', [routeFor('post', '/metrics')], 'POST /metrics hides /metrics from requests'],
  ['a document', [routeFor('get', '/openapi.json')], 'GET /openapi.json hides /openapi.json from requests'],
])('rejects %s', async (_, routes, message) => {
  await expect(startTestServer({}, { routes })).rejects.toThrow(message)
})

it('accepts another method, and a more specific path before the other', async () => {
  const { url } = await startTestServer({}, { routes: [nearest, depot, routeFor('post', '/depots/nearest')] })
  expect((await fetch(`${url}/depots/nearest`)).status).toBe(200)
})

it('accepts a route like one for operators if those have their own port', async () => {
  const { url } = await startTestServer({ ADMIN_PORT: '0' }, { routes: [routeFor('get', '/whereabouts')] })
  expect(await (await fetch(`${url}/whereabouts`)).json()).toEqual({})
})
