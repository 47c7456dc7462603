import { z } from 'zod'

/** An event that the service has handled, and its effect there. */
export const foldedEvent = z
  .object({
    id: z.string().nullable().meta({ description: 'The id of the event.' }),
    type: z.string().meta({ description: 'The type of the event.' }),
    outcome: z.enum(['applied', 'uncertain', 'failed', 'unreadable']).meta({
      description:
        '`uncertain`: the effect depends on more than the events, so none is shown. `failed`: the reaction throws. `unreadable`: this version can’t read the event.',
    }),
    detail: z.string().nullable().meta({ description: 'The reason, unless it is applied.' }),
    before: z
      .unknown()
      .meta({ description: 'The state of the subject in this service before the event; null without one.' }),
    after: z.unknown().meta({ description: 'The state after the event.' }),
    events: z.array(z.unknown()).readonly().meta({ description: 'The events that the reaction publishes.' }),
    tasks: z.array(z.unknown()).readonly().meta({ description: 'The tasks that the reaction starts.' }),
  })
  .meta({ title: 'FoldedEvent', description: 'An event, and its effect in this service.' })

export type FoldedEvent = z.output<typeof foldedEvent>
