import type { Route } from '../../http/route.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { discardDeadLetter } from './discard-dead-letter.ts'
import { getDeadLetter } from './get-dead-letter.ts'
import { getDeadLetterGroups } from './group-dead-letters.ts'
import { getDeadLetters } from './list-dead-letters.ts'
import { replayDeadLetter } from './replay-dead-letter.ts'
import { replayDeadLettersByFilter } from './replay-dead-letters.ts'

/** The dead-letter routes of every service. Fixed names come before `{id}`, which would match them. */
export const deadLetterRoutes = (deadLetters: DeadLetters): Route[] => [
  getDeadLetters(deadLetters),
  getDeadLetterGroups(deadLetters),
  replayDeadLettersByFilter(deadLetters),
  getDeadLetter(deadLetters),
  replayDeadLetter(deadLetters),
  discardDeadLetter(deadLetters),
]
