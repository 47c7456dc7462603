import { z } from 'zod'
import { type Route, route } from '../../http/route.ts'
import { operatorHeaders, operatorOf } from '../../operations/operator.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { trialView } from '../trial.ts'
import { deadLetterOr404, settledOtherwise, show } from './get-dead-letter.ts'
import { deadLetterDetailsView, deadLetterParams, noteField } from './schema.ts'

const requestSchema = z
  .strictObject({
    dryRun: z.boolean().default(false).meta({ description: 'Only shows what would happen.' }),
    ...noteField,
  })
  .prefault({})
  .meta({ title: 'Replay', description: 'How the message is replayed.', examples: [{ dryRun: true }] })

/**
 * `POST /dead-letters/{id}/replay`: sends the message again, only to the queue in which it failed, without its attempts
 * and with its original exchange. A repeated request sends it once.
 */
export const replayDeadLetter = (deadLetters: DeadLetters): Route =>
  route({
    method: 'post',
    path: '/dead-letters/{id}/replay',
    operationId: 'replayDeadLetter',
    summary: 'Replay a dead letter',
    description:
      'Sends the message again, unchanged, to the queue in which it failed, with a new count of attempts. Repeated, it is sent once. With `dryRun` nothing is sent: the answer shows what would happen.',
    params: deadLetterParams,
    headers: operatorHeaders,
    body: requestSchema,
    responses: {
      200: { description: 'What would happen (`dryRun`)', body: trialView },
      202: {
        description: 'The message is sent again, or was before',
        body: deadLetterDetailsView(deadLetters.language),
      },
      409: { description: 'The dead letter was discarded, or its queue no longer exists' },
    },
    handle: async ({ params: { id }, body: { dryRun, note = null }, ...requester }) => {
      const deadLetter = await deadLetterOr404(deadLetters, id)
      if (dryRun) return { status: 200, body: await deadLetters.dryRun(deadLetter) }
      const requested = { operator: operatorOf(requester), note }
      await deadLetters.replay({ filter: { ids: [id] }, limit: 1 }, 0, requested)
      const shown = await show(deadLetters, id)
      if (shown.status !== 'replayed') throw settledOtherwise(shown)
      return { status: 202, body: shown }
    },
  })
