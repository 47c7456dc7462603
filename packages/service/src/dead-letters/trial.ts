import { z } from 'zod'

export const trialExample = {
  outcome: 'applied' as const,
  before: null,
  after: { status: 'pending' },
  events: [],
  tasks: [],
}

/** The effect that a replay of one message would have. */
export const trialView = z
  .object({
    outcome: z.enum(['applied', 'duplicate', 'ignored', 'failed', 'not_tried']).meta({
      description: '`not_tried`: no dry run was made, for example of a task, whose effect could not be undone.',
    }),
    detail: z
      .string()
      .optional()
      .meta({ description: 'The reason why it would fail or be ignored, or was not tried.' }),
    before: z.unknown().optional().meta({ description: 'The state before the message.' }),
    after: z.unknown().optional().meta({ description: 'The state after the message.' }),
    events: z.array(z.unknown()).readonly().optional().meta({ description: 'The events that it would publish.' }),
    tasks: z.array(z.unknown()).readonly().optional().meta({ description: 'The tasks that it would start.' }),
  })
  .meta({ title: 'Trial', description: 'The effect of a replay.', examples: [trialExample] })

export type Trial = z.output<typeof trialView>
