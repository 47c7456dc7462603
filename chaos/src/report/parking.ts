import type { Databases, Finding, Violation } from '@quadrille/audit'
import { openDatabase } from '@quadrille/postgres'
import type { BadMessage } from '../world/bad-message.ts'

interface Letter {
  readonly messageId: string
  readonly reason: string
  readonly error: string
  readonly body: Buffer
}

/** Whether what is in the dead letters is what no service could handle, and nothing else. */
export const parking = async (databases: Databases, badMessages: readonly BadMessage[]): Promise<Finding> => {
  const checked = Object.entries(databases).map(async ([service, url]) => {
    const letters = Map.groupBy(await readLetters(url), ({ messageId }) => messageId)
    const bad = badMessages.filter((message) => message.service === service)
    const ids = new Set(bad.map(({ messageId }) => messageId))
    return [
      ...bad.flatMap((message) => parkedOnce(message, letters.get(message.messageId) ?? [])),
      ...[...letters.values()]
        .flat()
        .filter(({ messageId }) => !ids.has(messageId))
        .map(({ messageId, reason, error }) => ({
          subject: messageId,
          detail: `was parked at ${service} for ${reason}: ${error}`,
        })),
    ]
  })
  return {
    invariant: 'parking',
    claim: 'every bad message is parked once, with its reason and its bytes, and no other message is',
    checked: { 'bad messages': badMessages.length },
    violations: (await Promise.all(checked)).flat(),
  }
}

const parkedOnce = ({ service, messageId, reason, body }: BadMessage, letters: readonly Letter[]): Violation[] => {
  const [letter] = letters
  const violation = (detail: string) => [{ subject: messageId, detail: `${detail} (${reason} at ${service})` }]
  if (!letter || letters.length > 1) return violation(`was parked ${letters.length} times`)
  if (letter.reason !== reason) return violation(`was parked for ${letter.reason}`)
  return letter.body.equals(body) ? [] : violation('was parked with other bytes')
}

const readLetters = async (url: string): Promise<Letter[]> => {
  const database = openDatabase({ url, applicationName: 'chaos', max: 1, onIdleError: () => undefined })
  try {
    return await database.query<Letter>('select message_id as "messageId", reason, error, body from dead_letter')
  } finally {
    await database.end()
  }
}
