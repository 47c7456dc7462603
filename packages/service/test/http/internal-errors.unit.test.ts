/** A client's problem leads to the log line of its error. */
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { notFound } from '../../src/http/problem.ts'
import { route } from '../../src/http/route.ts'
import { send, startTestServer } from './test-server.ts'

const failing = (name: string, error: Error) =>
  route({
    method: 'get',
    path: `/${name}`,
    operationId: name,
    summary: 'Fails',
    description: 'Fails.',
    responses: { 200: { description: 'Never', body: z.unknown() } },
    handle: () => Promise.reject(error),
  })

const isInstance = /^urn:uuid:[\da-f-]{36}$/

test('an internal error has an instance, which is in exactly one log line, and other problems have none', async () => {
  const lines: string[] = []
  const log = pino({}, { write: (line) => void lines.push(line) })
  const routes = [failing('broken', new RangeError('no such shelf')), failing('absent', notFound('No such thing.'))]
  const { url } = await startTestServer({}, { routes, log })
  const answers = await Promise.all(['broken', 'broken', 'absent'].map((path) => send(`${url}/${path}`)))
  expect(answers.map(({ status }) => status)).toEqual([500, 500, 404])
  const [first, second, absent] = answers.map(({ body }) => JSON.parse(body))
  for (const { instance, detail } of [first, second]) {
    expect(instance).toMatch(isInstance)
    expect(detail).not.toContain('`') // it is plain text
    expect(lines.filter((line) => line.includes(instance))).toHaveLength(1)
  }
  expect(second.instance).not.toBe(first.instance)
  expect(absent).not.toHaveProperty('instance')
})

test('the API document shows an internal error with its instance', async () => {
  const { url } = await startTestServer()
  const { components } = JSON.parse((await send(`${url}/openapi.json`)).body)
  const { internal, unavailable } = components.examples
  expect(internal.value).toMatchObject({ status: 500, instance: expect.stringMatching(isInstance) })
  expect(unavailable.value).not.toHaveProperty('instance')
})
