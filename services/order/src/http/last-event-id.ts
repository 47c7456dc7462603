/** The position at which a stream of server-sent events resumes. */
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
