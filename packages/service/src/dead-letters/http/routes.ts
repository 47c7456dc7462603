import type { Route } from '../../http/route.ts'
import type { DeadLetterService } from '../dead-letter-service.ts'
import { discardDeadLetter } from './discard-dead-letter.ts'
import { getDeadLetter } from './get-dead-letter.ts'
import { getDeadLetterGroups } from './group-dead-letters.ts'
import { getDeadLetters } from './list-dead-letters.ts'
import { replayDeadLetter } from './replay-dead-letter.ts'
import { replayDeadLettersByFilter } from './replay-dead-letters.ts'

/** What every service offers for its dead letters. Names come before `{id}`, which would take them for one. */
export const deadLetterRoutes = (deadLetterService: DeadLetterService): Route[] => [
  getDeadLetters(deadLetterService),
  getDeadLetterGroups(deadLetterService),
  replayDeadLettersByFilter(deadLetterService),
  getDeadLetter(deadLetterService),
  replayDeadLetter(deadLetterService),
  discardDeadLetter(deadLetterService),
]
