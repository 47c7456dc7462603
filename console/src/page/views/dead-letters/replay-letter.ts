/** Sends the message of a dead letter again. */
import { get, isLost, post } from '../../api/client.ts'
import type { WholeDeadLetter } from '../../api/types.ts'
import { operator } from '../../operator.ts'

/** If the answer is lost, the dead letter itself tells that it was sent. `note`: empty for none. @throws {ApiError} */
export const replayLetter = async (path: string, note: string): Promise<void> => {
  try {
    await post(`${path}/replay`, { operator: operator.value, body: note === '' ? {} : { note } })
  } catch (error) {
    if (!isLost(error) || !(await isReplayed(path))) throw error
  }
}

const isReplayed = async (path: string): Promise<boolean> => {
  const answer = await get<WholeDeadLetter>(path).catch(() => null)
  return answer?.body.status === 'replayed'
}
