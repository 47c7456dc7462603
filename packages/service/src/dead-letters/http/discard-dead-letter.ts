import { z } from 'zod'
import { type Route, route } from '../../http/route.ts'
import { operatorHeaders, operatorOf } from '../../operations/operator.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { deadLetterOr404, settledOtherwise, show } from './get-dead-letter.ts'
import { deadLetterDetailsView, deadLetterParams, noteField } from './schema.ts'

/** `DELETE /dead-letters/{id}`: discards a message. The dead letter is kept until retention deletes it, with the operator and the reason, if there is one. */
export const discardDeadLetter = (deadLetters: DeadLetters): Route =>
  route({
    method: 'delete',
    path: '/dead-letters/{id}',
    operationId: 'discardDeadLetter',
    summary: 'Discard a dead letter',
    description:
      'Gives the message up permanently. The dead letter stays visible with the reason until its retention ends.',
    params: deadLetterParams,
    headers: operatorHeaders,
    query: z.strictObject({ reason: noteField.note }),
    responses: {
      200: {
        description: 'The dead letter is discarded, or was before',
        body: deadLetterDetailsView(deadLetters.language),
      },
      409: { description: 'The dead letter was replayed' },
    },
    handle: async ({ params: { id }, query: { reason = null }, ...requester }) => {
      await deadLetterOr404(deadLetters, id)
      await deadLetters.discard(id, { operator: operatorOf(requester), note: reason })
      const shown = await show(deadLetters, id)
      if (shown.status !== 'discarded') throw settledOtherwise(shown)
      return { status: 200, body: shown }
    },
  })
