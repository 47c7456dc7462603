/** The position at which a stream of server-sent events resumes. */
import { Problem } from '@quadrille/service'
import { z } from 'zod'

/** The header of the standard, which browsers send when they reconnect. */
export const resumeHeaders = (maxLength: number) =>
  z.object({
    'last-event-id': z
      .string()
      .max(maxLength)
      .optional()
      .meta({ description: 'The last id that the client received. The stream continues after it.' }),
  })

/** The same as a parameter, because a browser's `EventSource` can't set headers for its first connection. */
export const lastEventId = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .optional()
    .meta({ description: 'The same as the header `Last-Event-ID`, which has precedence.' })

/** The id after which a client resumes, and the name of the header or parameter that has it. */
export interface Resumed {
  readonly id: string | undefined
  readonly name: 'last-event-id' | 'lastEventId'
}

export const resumedOf = (headers: { 'last-event-id'?: string | undefined }, parameter: string | undefined): Resumed =>
  headers['last-event-id']
    ? { id: headers['last-event-id'], name: 'last-event-id' }
    : { id: parameter, name: 'lastEventId' }

export const refusedResume = ({ name }: Resumed, detail: string): Problem =>
  new Problem('invalid-fields', `${name} ${detail}.`, { errors: [{ pointer: `/${name}`, detail }] })
