import type { ParkedLetter } from '@quadrille/outbox'
import { z } from 'zod'
import { type Reply, type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { letterOr404 } from './get-letter.ts'
import { filterFields, operatorFields, operatorHeaders, operatorOf, readFilter, trialView } from './schema.ts'

const requestSchema = z.strictObject({
  ...filterFields,
  limit: z.int().min(1).max(1_000).default(100).describe('How many at most; a dry run tries 100 of them'),
  perSecond: z.int().min(1).max(1_000).default(50).describe('How many are sent in a second'),
  dryRun: z.boolean().default(false).describe('Only say what would become of each'),
  ...operatorFields,
})

/** One reaction after the other is run for a single answer. */
const maxTrials = 100

const replayedView = z.object({
  replayed: z.int(),
  ids: z.array(z.uuid()),
  sentWithinSeconds: z.number().meta({ description: 'when the last of them goes out' }),
})
const triedView = z.object({ items: z.array(z.object({ id: z.uuid(), ...trialView.shape })) })

/** `POST /dead-letters/replay`: the oldest parked letters that fit, at a rate that what failed can bear. */
export const replayLettersByFilter = (desk: Desk): Route =>
  route({
    method: 'post',
    path: '/dead-letters/replay',
    operationId: 'replayDeadLetters',
    summary: 'Send the oldest parked messages that fit again, so many a second; or say what would become of each',
    headers: operatorHeaders,
    body: requestSchema,
    responses: {
      200: { description: 'What would become of each (dryRun)', body: triedView },
      202: { description: 'They are sent again', body: replayedView },
    },
    handle: async ({ body, ...asking }): Promise<Reply> => {
      const { limit, perSecond, dryRun, by, note, ...filter } = body
      const selection = { filter: readFilter(filter), limit: dryRun ? Math.min(limit, maxTrials) : limit }
      if (dryRun) return { status: 200, body: { items: await tryEach(desk, await desk.preview(selection)) } }
      const operator = operatorOf({ ...asking, body: { by, note } })
      const ids = await desk.replay(selection, 1_000 / perSecond, operator)
      const sentWithinSeconds = Math.max(0, ids.length - 1) / perSecond
      return { status: 202, body: { replayed: ids.length, ids, sentWithinSeconds } }
    },
  })

const tryEach = async (desk: Desk, letters: readonly ParkedLetter[]) => {
  const items: z.output<typeof triedView>['items'] = []
  for (const { id } of letters) items.push({ id, ...(await desk.dryRun(await letterOr404(desk, id))) })
  return items
}
