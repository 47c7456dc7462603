/** The OpenAPI documents of all services, generated from their routes, and checked by Redocly's linter. */
import { definitions } from '@quadrille/local/definitions'
import { describeService, openApi, uploadSpec } from '@quadrille/service/tools'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { undescribed, unresolved } from './schema-documents.ts'

const services = Object.entries(definitions).map(([name, definition]) => {
  const { routes } = definition.apply(describeService)
  return { name, routes, document: openApi(name, routes) }
})

interface Operation {
  readonly summary: string
  readonly description: string
  readonly parameters: readonly { readonly name?: string; readonly $ref?: string }[]
  readonly responses: Readonly<Record<string, { readonly headers?: object }>>
}

const refusal = expect.objectContaining({ code: 'unrecognized_keys', keys: ['unknown'] })

const operationsOf = (document: Record<string, unknown>): [string, Operation][] =>
  Object.values(document['paths'] as Record<string, Record<string, Operation>>).flatMap(Object.entries)

/** The value with the components of the document instead of references to them. */
const resolved = (value: unknown, document: Record<string, unknown>): unknown =>
  JSON.parse(JSON.stringify(value), (_, inner) => {
    if (typeof inner?.$ref !== 'string') return inner
    const [, ...keys] = inner.$ref.split('/')
    return resolved(
      keys.reduce((parent: Record<string, unknown>, key: string) => parent[key], document),
      document,
    )
  })

const lint = async (document: object) => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  return problems.map(
    ({ ruleId, severity, message, location }) => `${severity} ${ruleId}: ${message} at ${location[0]?.pointer}`,
  )
}

describe('the OpenAPI document', () => {
  it.each(services)('of $name passes the linter without errors or warnings', async ({ document }) => {
    expect(await lint(document)).toEqual([])
  })

  it.each(services)('of $name describes every operation, parameter, header and property', ({ document }) => {
    for (const [method, { summary, description }] of operationsOf(document))
      expect(description.length, `${method} ${summary}`).toBeGreaterThan(summary.length)
    expect(undescribed(document)).toEqual([])
  })

  it.each(services)('of $name has no broken reference', ({ document }) => {
    expect(unresolved(document)).toEqual([])
  })

  it.each(services)('of $name has an example for every body, and each fits its schema', ({ routes }) => {
    for (const route of routes) {
      const { operationId, responses } = route
      const body = uploadSpec(route) ? undefined : route.body // a file has no schema
      const bodies = [body, ...Object.values(responses).map((response) => response.body)]
      for (const schema of bodies.filter((given) => given !== undefined)) {
        const examples = examplesOf(schema)
        expect(examples.length, operationId).toBeGreaterThan(0)
        for (const example of examples) expect(schema.safeParse(example).error, operationId).toBeUndefined()
      }
    }
  })

  it.each(services)('of $name has no example of a single response that does not fit its schema', ({ routes }) => {
    const responses = routes.flatMap((route) => Object.values(route.responses))
    for (const { body, description, example } of responses.filter((response) => response.example !== undefined))
      expect(body?.safeParse(example).success, description).toBe(true)
  })

  it.each(services)('of $name declares every query parameter, because others are refused', ({ routes }) => {
    for (const { operationId, query } of routes)
      expect(query?.safeParse({ unknown: '1' }).error?.issues ?? [refusal], operationId).toContainEqual(refusal)
  })

  it("lists the answers of the server's own checks", () => {
    const operations = services.flatMap(({ document }) => operationsOf(document))
    expect(operations.length).toBeGreaterThan(20)
    for (const [method, { responses }] of operations) {
      const checked =
        method === 'get'
          ? ['403', '406', '422', '429', '500', '503']
          : ['400', '403', '406', '413', '415', '422', '429']
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(checked))
    }
  })

  it.each(services)('of $name has responses to which a later version may add fields', ({ document }) => {
    for (const [method, { summary, responses }] of operationsOf(document)) {
      const isClosed = JSON.stringify(resolved(responses, document)).includes('"additionalProperties":false')
      expect(isClosed, `${method} ${summary}`).toBe(false)
    }
  })

  it.each(services)('of $name has the headers of conditional requests where a response may be 304', ({ document }) => {
    for (const [method, { summary, parameters, responses }] of operationsOf(document)) {
      const hasCondition = parameters.some(({ $ref }) => $ref === '#/components/parameters/If-None-Match')
      const tagged = Object.keys(responses).filter((status) => 'ETag' in (responses[status]?.headers ?? {}))
      const expected = '304' in responses ? [true, ['200', '304']] : [false, []]
      expect([hasCondition, tagged], `${method} ${summary}`).toEqual(expected)
    }
  })

  it('has the header of a problem that passes by itself', () => {
    const photo = services
      .flatMap(({ document }) => operationsOf(document))
      .find(([, { summary }]) => summary === 'Get the photo of a SKU')
    expect(Object.keys(photo?.[1].responses['404']?.headers ?? {})).toEqual(['Retry-After'])
  })

  it('names the schemas that clients see', () => {
    const named = services.flatMap(({ document }) => {
      const { schemas } = document['components'] as { schemas: object }
      return Object.keys(schemas)
    })
    expect(named).toEqual(
      expect.arrayContaining([
        'Order',
        'ListedOrderPage',
        'Line',
        'LineRequest',
        'Customer',
        'Payment',
        'Stock',
        'Reservation',
      ]),
    )
    expect(named).toEqual(
      expect.arrayContaining(['Notification', 'DeadLetter', 'Problem', 'FieldError', 'Whereabouts']),
    )
  })

  it('has a format for amounts of money, which have more than 32 bits, in requests and answers', () => {
    const components = services[0]?.document['components']
    const fields = { unitPrice: { format: 'int64' }, quantity: expect.not.objectContaining({ format: 'int64' }) }
    expect(components).toMatchObject({ schemas: { Line: { properties: fields }, LineRequest: { properties: fields } } })
  })

  it('has the headers of requests and answers', () => {
    const [first] = services
    const operations: [string, Operation][] = first ? operationsOf(first.document) : []
    const place = operations.find(([, { summary }]) => summary === 'Place an order')?.[1]
    const names = place?.parameters.map(({ name, $ref }) => name ?? $ref?.split('/').at(-1))
    expect(names).toEqual(['Idempotency-Key', 'traceparent', 'tracestate'])
    expect(place?.responses['408']).not.toHaveProperty('content')
    expect(Object.keys(place?.responses['202']?.headers ?? {})).toEqual(['Location', 'Idempotent-Replayed'])
    expect(Object.keys(place?.responses['429']?.headers ?? {})).toEqual(['Retry-After'])
    expect(Object.keys(place?.responses['503']?.headers ?? {})).toEqual(['Retry-After'])
  })
})

const examplesOf = (schema: { meta(): Readonly<Record<string, unknown>> | undefined }): readonly unknown[] => {
  const examples = schema.meta()?.['examples']
  return Array.isArray(examples) ? examples : []
}

describe('the checks fail', () => {
  it('for a document that is not valid', async () => {
    const problems = await lint({ ...services[0]?.document, paths: { '/orders/{id}': { get: { responses: {} } } } })
    expect(problems.some((problem) => problem.startsWith('error'))).toBe(true)
  })

  it('for a property without a description, and for a broken reference', () => {
    const schemas = { A: { properties: { b: { type: 'string' }, c: { $ref: '#/components/schemas/C' } } } }
    expect(undescribed({ components: { schemas } })).toEqual(['/components/schemas/A/properties/b'])
    expect(unresolved({ components: { schemas } })).toEqual(['#/components/schemas/C'])
  })
})
