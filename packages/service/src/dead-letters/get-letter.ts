import type { z } from 'zod'
import { notFound, Problem, unavailable } from '../http/problem.ts'
import { type Route, route } from '../http/route.ts'
import type { Desk } from './desk.ts'
import { letterParams, wholeLetterOf, wholeLetterView } from './schema.ts'
import type { LetterStatus } from './table/filter.ts'
import type { WholeLetter } from './table/letter.ts'
import { getLetter as readLetter } from './table/reading.ts'
import { operationsOf } from './table/settling.ts'

/** `GET /dead-letters/{id}` */
export const getLetter = (desk: Desk): Route =>
  route({
    method: 'get',
    path: '/dead-letters/{id}',
    operationId: 'getDeadLetter',
    summary: 'Show a dead letter',
    description:
      'Returns a dead letter with its message, its headers, its stack trace, and what operators did with it.',
    tag: 'operations',
    params: letterParams,
    responses: { 200: { description: 'The dead letter', body: wholeLetterView } },
    handle: async ({ params: { id } }) => ({ status: 200, body: await show(desk, id) }),
  })

/** @throws {Problem} 404 */
export const letterOr404 = async ({ database }: Desk, id: string): Promise<WholeLetter> => {
  const letter = await readLetter(database, id)
  if (!letter) throw notFound(`There is no dead letter ${id} here.`)
  return letter
}

/** The letter as it is answered with. @throws {Problem} 404 */
export const show = async (desk: Desk, id: string): Promise<z.output<typeof wholeLetterView>> =>
  wholeLetterOf(await letterOr404(desk, id), await operationsOf(desk.database, id))

/** What was asked for can't be had: somebody else was there before, or is just now. */
export const settledOtherwise = ({ status }: { status: LetterStatus }): Problem =>
  status === 'parked'
    ? unavailable('Somebody else is dealing with this letter just now.')
    : new Problem('conflict', `This letter is ${status} already.`)
