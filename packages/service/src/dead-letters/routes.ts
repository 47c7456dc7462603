import type { Route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { discardLetter } from './discard-letter.ts'
import { getLetter } from './get-letter.ts'
import { getLetterGroups } from './group-letters.ts'
import { getLetters } from './list-letters.ts'
import { replayLetter } from './replay-letter.ts'
import { replayLettersByFilter } from './replay-letters.ts'

/** What every service offers for its dead letters. Names come before `{id}`, which would take them for one. */
export const deadLetterRoutes = (desk: Desk): Route[] => [
  getLetters(desk),
  getLetterGroups(desk),
  replayLettersByFilter(desk),
  getLetter(desk),
  replayLetter(desk),
  discardLetter(desk),
]
