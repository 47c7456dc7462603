import { z } from 'zod'
import { type Reply, type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { letterExample, trialExample } from './examples.ts'
import { letterOr404 } from './get-letter.ts'
import { filterFields, operatorFields, operatorHeaders, operatorOf, readFilter, trialView } from './schema.ts'
import type { ParkedLetter } from './table/letter.ts'

const requestSchema = z
  .strictObject({
    ...filterFields,
    limit: z
      .int()
      .min(1)
      .max(1_000)
      .default(100)
      .meta({ description: 'The largest number of messages. A dry run tries 100 at most.' }),
    perSecond: z.int().min(1).max(1_000).default(50).meta({ description: 'The number of messages sent per second.' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only shows what would happen.' }),
    ...operatorFields,
  })
  .meta({
    title: 'ReplayByFilter',
    description: 'Which messages are replayed, and how fast.',
    examples: [{ reason: 'attempts_exhausted', perSecond: 10 }],
  })

/** One reaction after the other is run for a single answer. */
const maxTrials = 100

const letterId = z.uuid().meta({ description: 'The id of the dead letter.' })

const replayedView = z
  .object({
    replayed: z.int().meta({ description: 'The number of messages.' }),
    ids: z.array(z.uuid()).meta({ description: 'The ids of their dead letters.' }),
    sentWithinSeconds: z.number().meta({ description: 'The number of seconds until the last message is sent.' }),
  })
  .meta({
    title: 'Replayed',
    description: 'The messages that are sent again.',
    examples: [{ replayed: 1, ids: [letterExample.id], sentWithinSeconds: 0 }],
  })
const triedView = z
  .object({
    items: z
      .array(
        z
          .object({ id: letterId, ...trialView.shape })
          .meta({ title: 'LetterTrial', description: 'What a replay of one dead letter would do.' }),
      )
      .meta({ description: 'One item for each message.' }),
  })
  .meta({
    title: 'Trials',
    description: 'What a replay would do.',
    examples: [{ items: [{ id: letterExample.id, ...trialExample }] }],
  })

/** `POST /dead-letters/replay`: the oldest parked letters that fit, at a rate that what failed can bear. */
export const replayLettersByFilter = (desk: Desk): Route =>
  route({
    method: 'post',
    path: '/dead-letters/replay',
    operationId: 'replayDeadLetters',
    summary: 'Replay dead letters by filter',
    description:
      'Sends the oldest parked messages that match again, at a limited rate. With `dryRun` nothing is sent: the answer shows what would happen to each.',
    tag: 'operations',
    headers: operatorHeaders,
    body: requestSchema,
    responses: {
      200: { description: 'What would happen to each (`dryRun`)', body: triedView },
      202: { description: 'The messages are sent again', body: replayedView },
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
