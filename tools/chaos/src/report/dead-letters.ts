import type { Databases, Finding, Violation } from '@quadrille/audit'
import type { BadMessage } from '../world/bad-message.ts'
import { query } from '../world/query.ts'

interface Letter {
  readonly messageId: string
  readonly reason: string
  readonly error: string
  readonly body: Buffer
}

/** Checks that the dead letters are exactly the bad messages, each once. */
export const checkDeadLetters = async (databases: Databases, badMessages: readonly BadMessage[]): Promise<Finding> => {
  const services = await Promise.all(
    Object.entries(databases).map(async ([service, url]) => {
      const bad = badMessages.filter((message) => message.service === service)
      return { service, bad, letters: await readDeadLetters(url) }
    }),
  )
  return {
    invariant: 'dead letters',
    claim: 'every bad message becomes one dead letter, with its reason and its bytes, and no other message does',
    checked: {
      'bad messages': badMessages.length,
      'of them with the id of a handled one': badMessages.filter(({ reason }) => reason === 'id_conflict').length,
      'dead letters': services.flatMap(({ letters }) => letters).length,
    },
    violations: services.flatMap(({ service, bad, letters }) => {
      const byMessage = Map.groupBy(letters, ({ messageId }) => messageId)
      const ids = new Set(bad.map(({ messageId }) => messageId))
      const others = letters.filter(({ messageId }) => !ids.has(messageId))
      return [
        ...bad.flatMap((message) => parkingFaults(message, byMessage.get(message.messageId) ?? [])),
        ...others.map(({ messageId, reason, error }) => ({
          subject: messageId,
          detail: `became a dead letter at ${service} for ${reason}: ${error}`,
        })),
      ]
    }),
  }
}

const parkingFaults = ({ service, messageId, reason, body }: BadMessage, letters: readonly Letter[]): Violation[] => {
  const violation = (detail: string) => [{ subject: messageId, detail: `${detail} (${reason} at ${service})` }]
  if (letters.length !== 1) return violation(`became ${letters.length} dead letters`)
  const other = letters.find((letter) => letter.reason !== reason || !letter.body.equals(body))
  return other
    ? violation(`became a dead letter for ${other.reason}, with ${other.body.length} bytes of ${body.length}`)
    : []
}

const readDeadLetters = (url: string): Promise<Letter[]> =>
  query(url, 'select message_id as "messageId", reason, error, body from dead_letter')
