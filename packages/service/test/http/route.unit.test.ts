/** The compiler checks a handler against the responses that its route declares. It rejects each route of the last test. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { openApi } from '../../src/http/openapi/document.ts'
import { type ReplyOf, route } from '../../src/http/route.ts'

const parcel = z.object({
  id: z.string(),
  status: z.enum(['waiting', 'sent']),
  stops: z.array(z.object({ at: z.string() })),
})
const waiting = { id: 'p-1', status: 'waiting', stops: [] } as const

const responses = {
  200: { description: 'The parcel', body: parcel },
  202: { description: 'It will be sent', body: z.object({ days: z.int() }), headers: { Location: 'Its path.' } },
  409: { description: 'It was sent before' },
}

const docs = {
  method: 'post',
  path: '/parcels/{id}',
  operationId: 'sendParcel',
  summary: 'Sends a parcel',
  description: 'Sends a parcel.',
  params: z.strictObject({ id: z.string() }),
  responses,
} as const

describe('a route', () => {
  it('has no refusal if its path has parameters, because the gate compares paths as they are', () => {
    const refusing = () => route({ ...docs, refusal: () => undefined, handle: () => ({ status: 200, body: waiting }) })
    expect(refusing).toThrow('POST /parcels/{id} has parameters, so it can’t have a refusal.')
  })

  it('has the same parameters in its path and in its schema', () => {
    const at = (path: string) => () => route({ ...docs, path, handle: () => ({ status: 200, body: waiting }) })
    expect(at('/parcels/{parcelId}')).toThrow(
      'POST /parcels/{parcelId} has the parameters [parcelId] in its path, and [id] in params: ' +
        'write the same names, in braces in the path.',
    )
    expect(at('/parcels/:id')).toThrow('has the parameters [] in its path, and [id] in params')
    expect(at('/parcels/{parcel-id}')).toThrow(
      'POST /parcels/{parcel-id} has a parameter parcel-id: its name must match /^\\w+$/, such as seatNumber.',
    )
  })

  it('returns a declared response, also from read-only values', () => {
    const isSent = true
    const sendParcel = route({
      ...docs,
      handle: ({ params }) => {
        expectTypeOf(params).toEqualTypeOf<{ id: string }>()
        if (isSent) return { status: 200, body: waiting }
        return { status: 202, body: { days: 2 }, headers: { location: `/parcels/${params.id}` } }
      },
    })
    expect(Object.keys(openApi('depot', [sendParcel])['paths'] ?? {})).toEqual(['/parcels/{id}'])
  })

  it('is described with the example of a response, or else of its schema', () => {
    const sent = { ...waiting, status: 'sent' } as const
    const body = parcel.meta({ examples: [waiting] })
    const ofParcel = { 200: { description: 'It waits', body }, 202: { description: 'It is sent', body, example: sent } }
    const sendParcel = route({ ...docs, responses: ofParcel, handle: () => ({ status: 200, body: waiting }) })
    const described = (example: object) => ({ content: { 'application/json': { example } } })
    expect(openApi('depot', [sendParcel])).toMatchObject({
      paths: { '/parcels/{id}': { post: { responses: { 200: described(waiting), 202: described(sent) } } } },
    })
  })

  it('throws problems instead of returning them', () => {
    expectTypeOf<ReplyOf<typeof responses>['status']>().toEqualTypeOf<200 | 202>()
  })

  it('does not compile with an undeclared response or parameter', () => {
    const [{ id }, days] = [waiting, 2]
    const wrong = [
      // @ts-expect-error a status that isn't declared
      () => route({ ...docs, handle: () => ({ status: 201, body: waiting }) }),
      // @ts-expect-error a field is missing
      () => route({ ...docs, handle: () => ({ status: 200, body: { id, status: 'sent' } }) }),
      // @ts-expect-error a value that isn't declared
      () => route({ ...docs, handle: () => ({ status: 200, body: { ...waiting, status: 'lost' } }) }),
      // @ts-expect-error the body of another status
      () => route({ ...docs, handle: () => ({ status: 202, body: waiting }) }),
      // @ts-expect-error a header that isn't declared
      () => route({ ...docs, handle: () => ({ status: 202, body: { days }, headers: { age: '1' } }) }),
      // @ts-expect-error a header of another status
      () => route({ ...docs, handle: () => ({ status: 200, body: waiting, headers: { location: id } }) }),
      // @ts-expect-error a problem
      () => route({ ...docs, handle: () => ({ status: 409, body: {} }) }),
      // @ts-expect-error a parameter that isn't declared
      () => route({ ...docs, handle: ({ params: { name } }) => ({ status: 202, body: { days: name.length } }) }),
    ]
    expect(wrong).toHaveLength(8)
  })
})
