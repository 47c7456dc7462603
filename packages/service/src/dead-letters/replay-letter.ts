import { z } from 'zod'
import { type Reply, type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { edit } from './edit.ts'
import { letterOr404, settledOtherwise, show } from './get-letter.ts'
import { letterParams, operatorFields, operatorHeaders, operatorOf, trialView, wholeLetterView } from './schema.ts'

const requestSchema = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('Only say what would become of it'),
    edit: z
      .strictObject({
        payload: z.record(z.string(), z.unknown()).describe('The whole envelope, as the letter shows it'),
      })
      .optional(),
    ...operatorFields,
  })
  .prefault({})

/**
 * `POST /dead-letters/{id}/replay`: sends the message again to the queue in which it failed, and to no other, with no attempts
 * behind it. Asked for twice, it is sent once.
 */
export const replayLetter = (desk: Desk): Route =>
  route({
    method: 'post',
    path: '/dead-letters/{id}/replay',
    operationId: 'replayDeadLetter',
    summary: 'Send a message again, as it came or edited; or say what would become of it',
    params: letterParams,
    headers: operatorHeaders,
    body: requestSchema,
    responses: {
      200: { description: 'What would become of it (dryRun)', body: trialView },
      202: { description: 'It is sent again, or was before', body: wholeLetterView },
      409: { description: 'It was discarded, or replayed without this edit, or its queue is no more' },
    },
    handle: async ({ params: { id }, body, ...asking }): Promise<Reply> => {
      const letter = await letterOr404(desk, id)
      const edited = body.edit && edit(letter, body.edit.payload)
      if (body.dryRun) {
        const tried = edited ? { ...letter, body: Buffer.from(edited.message.body) } : letter
        return { status: 200, body: await desk.dryRun(tried) }
      }
      const operator = operatorOf({ ...asking, body })
      const sent = edited
        ? await desk.replayEdited(edited, operator)
        : (await desk.replay({ filter: { ids: [id] }, limit: 1 }, 0, operator)).length > 0
      const shown = await show(desk, id)
      const sentBefore = !edited && shown.status === 'replayed'
      if (!sent && !sentBefore) throw settledOtherwise(shown)
      return { status: 202, body: shown }
    },
  })
