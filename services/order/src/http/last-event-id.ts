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
  readonly id: string
  readonly name: 'last-event-id' | 'lastEventId'
}

/** Undefined for a client that does not resume. */
export const resumedOf = (
  { 'last-event-id': header }: { 'last-event-id'?: string | undefined },
  parameter: string | undefined,
): Resumed | undefined => {
  if (header) return { id: header, name: 'last-event-id' }
  return parameter ? { id: parameter, name: 'lastEventId' } : undefined
}

export const refusedResume = ({ name }: Resumed, detail: string): Problem => {
  const shown = name === 'last-event-id' ? 'Last-Event-ID' : name
  return new Problem('invalid-fields', `${shown} ${detail}.`, { errors: [{ pointer: `/${name}`, detail }] })
}
