import { z } from 'zod'
import { type Route, route } from '../../http/route.ts'
import { requestWithSubject } from '../../http/subject-name.ts'
import { operatorHeaders, operatorOf } from '../../operations/operator.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { listOldestParked } from '../table/reading.ts'
import { type Trial, trialExample, trialView } from '../trial.ts'
import { deadLetterExample } from './examples.ts'
import { deadLetterOr404 } from './get-dead-letter.ts'
import { filterFields, noteField } from './schema.ts'
import { tryEach, untried } from './try-each.ts'

const requestFields = {
  ...filterFields,
  limit: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .meta({ description: 'The largest number of messages. A dry run tries 100 at most.' }),
  perSecond: z.int().min(1).max(1_000).default(50).meta({ description: 'The number of messages sent per second.' }),
  dryRun: z.boolean().default(false).meta({ description: 'Only shows what would happen.' }),
  ...noteField,
}

const requestMeta = {
  title: 'ReplayByFilter',
  description: 'Which messages are replayed, and how fast.',
  examples: [{ reason: 'attempts_exhausted', perSecond: 10 }],
}

/** The reactions of a dry run run one after the other for a single answer. */
const maxTrials = 100

const deadLetterId = z.uuid().meta({ description: 'The id of the dead letter.' })

const replayedView = z
  .object({
    replayed: z.int().meta({ description: 'The number of messages.' }),
    ids: z.array(z.uuid()).meta({ description: 'The ids of their dead letters.' }),
    sentWithinSeconds: z.number().meta({ description: 'The number of seconds until the last message is sent.' }),
  })
  .meta({
    title: 'Replayed',
    description: 'The messages that are sent again.',
    examples: [{ replayed: 1, ids: [deadLetterExample.id], sentWithinSeconds: 0 }],
  })
const triedView = z
  .object({
    items: z
      .array(
        z
          .object({ id: deadLetterId, ...trialView.shape })
          .meta({ title: 'LetterTrial', description: 'The effect of replaying one dead letter.' }),
      )
      .meta({ description: 'One item for each message.' }),
  })
  .meta({
    title: 'Trials',
    description: 'The effect of a replay.',
    examples: [{ items: [{ id: deadLetterExample.id, ...trialExample }] }],
  })

/** `POST /dead-letters/replay`: replays the oldest matching parked dead letters at a limited rate. */
export const replayDeadLettersByFilter = (deadLetters: DeadLetters): Route =>
  route({
    method: 'post',
    path: '/dead-letters/replay',
    operationId: 'replayDeadLetters',
    summary: 'Replay dead letters by filter',
    description:
      'Sends the oldest parked messages that match again, at a limited rate. With `dryRun` nothing is sent: the answer shows what would happen to each. One whose queue no longer exists would reject the whole replay.',
    headers: operatorHeaders,
    body: requestWithSubject(requestFields, deadLetters.language.subject, requestMeta),
    responses: {
      200: { description: 'What would happen to each (`dryRun`)', body: triedView },
      202: { description: 'The messages are sent again', body: replayedView },
      409: {
        description:
          'The queue of a message no longer exists, so no message is sent. Discard that dead letter, which the problem names, or leave it out by the filter',
      },
    },
    handle: async ({ body, ...requester }) => {
      const { limit, perSecond, dryRun, note = null, ...filter } = body
      const selection = { filter, limit: dryRun ? Math.min(limit, maxTrials) : limit }
      if (dryRun) {
        const selected = await listOldestParked(deadLetters.database, selection.filter, selection.limit)
        const items = await tryEach(
          selected.map(({ id }) => id),
          tryOne(deadLetters),
        )
        return { status: 200, body: { items } }
      }
      const requested = { operator: operatorOf(requester), note }
      const ids = await deadLetters.replay(selection, 1_000 / perSecond, requested)
      const sentWithinSeconds = Math.max(0, ids.length - 1) / perSecond
      return { status: 202, body: { replayed: ids.length, ids, sentWithinSeconds } }
    },
  })

const tryOne =
  (deadLetters: DeadLetters) =>
  (id: string): Promise<Trial> =>
    deadLetterOr404(deadLetters, id).then(deadLetters.dryRun).catch(untried)
