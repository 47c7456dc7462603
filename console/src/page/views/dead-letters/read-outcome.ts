/** Reads the outcome of a replayed dead letter from its service. */
import { ApiError, get, post, textOf } from '../../api/client.ts'
import type { DeadLetterPage, Trial, WhereaboutsList, WholeDeadLetter } from '../../api/types.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** The newest dead letters, among which the message is looked for. */
const maxSearched = 100

/** Of the dead letter with this id. An error is shown as its outcome for now. */
export const readOutcome = (service: string, id: string, signal: AbortSignal): Promise<Outcome> =>
  findOutcome(service, id, signal).catch((error: unknown) => ({ kind: 'waiting', why: textOf(error) }))

const findOutcome = async (service: string, id: string, signal: AbortSignal): Promise<Outcome> => {
  const read = async <Body>(path: string) => (await get<Body>(`/${service}${path}`, { signal }))?.body
  const letter = await read<WholeDeadLetter>(`/dead-letters/${id}`).catch(unlessMissing)
  if (!letter) return unrecorded('The service has deleted its dead letter.')
  const { orderId, queue, messageId, operations } = letter
  if (messageId === '') return unrecorded('The message has no id by which it could be found.')
  // The dead letters are read last: a message that fails meanwhile is then found among them.
  const whereabouts = orderId === null ? undefined : await read<WhereaboutsList>(`/whereabouts?orderId=${orderId}`)
  const trial = await tryLetter(service, id, signal)
  const replay = operations.findLast(({ operation }) => operation === 'replay')
  const filter = new URLSearchParams({ queue, from: replay?.at ?? letter.lastFailedAt, limit: String(maxSearched) })
  if (orderId !== null) filter.set('orderId', orderId)
  const letters = await read<DeadLetterPage>(`/dead-letters?${filter}`)
  // The newest are first. A later replay of the message is not an outcome of this one.
  const again = letters?.items.findLast((other) => other.messageId === messageId && other.id !== id)
  const ageMs = replay ? Date.now() - Date.parse(replay.at) : 0
  return outcomeOf({ service, letter, whereabouts: whereabouts?.items[0], again, trial, ageMs })
}

const unrecorded = (why: string): Outcome => ({ kind: 'unrecorded', isFinal: true, why })

const unlessMissing = (error: unknown): undefined => {
  if (!(error instanceof ApiError && error.status === 404)) throw error
}

/** The effect that a replay would have. @throws {ApiError} */
export const tryLetter = (service: string, id: string, signal: AbortSignal): Promise<Trial> =>
  post<Trial>(`/${service}/dead-letters/${id}/replay`, { body: { dryRun: true }, signal })
