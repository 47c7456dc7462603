import { notFound, Problem, unavailable } from '../../http/problem.ts'
import { type Route, route } from '../../http/route.ts'
import type { DeadLetters } from '../dead-letters.ts'
import type { DeadLetterDetails } from '../table/dead-letter.ts'
import type { DeadLetterStatus } from '../table/filter.ts'
import { operationsOf } from '../table/operations.ts'
import { findDeadLetter } from '../table/reading.ts'
import { deadLetterDetailsView, deadLetterParams, type ShownDetails, shownDetails } from './schema.ts'

export const getDeadLetter = (deadLetters: DeadLetters): Route =>
  route({
    method: 'get',
    path: '/dead-letters/{id}',
    operationId: 'getDeadLetter',
    summary: 'Show a dead letter',
    description:
      'Returns a dead letter with its message, its headers, its stack trace, and what operators did with it.',
    params: deadLetterParams,
    responses: { 200: { description: 'The dead letter', body: deadLetterDetailsView(deadLetters.language) } },
    handle: async ({ params: { id } }) => ({ status: 200, body: await show(deadLetters, id) }),
  })

/** @throws {Problem} 404 */
export const deadLetterOr404 = async ({ database }: DeadLetters, id: string): Promise<DeadLetterDetails> => {
  const deadLetter = await findDeadLetter(database, id)
  if (!deadLetter) throw notFound(`There is no dead letter ${id} here.`)
  return deadLetter
}

/** The dead letter as the response shows it. @throws {Problem} 404 */
export const show = async (deadLetters: DeadLetters, id: string): Promise<ShownDetails> => {
  const { database, language } = deadLetters
  return shownDetails(await deadLetterOr404(deadLetters, id), await operationsOf(database, id), language)
}

/** 409: the dead letter has been replayed or discarded. 503: another request is doing that now. */
export const settledOtherwise = ({ status }: { status: DeadLetterStatus }): Problem =>
  status === 'parked'
    ? unavailable('Another request is settling this dead letter. Try again.')
    : new Problem('conflict', `This dead letter is already ${status}.`)
