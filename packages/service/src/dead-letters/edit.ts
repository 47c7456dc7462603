/** A dead letter's message with another content: a message of its own, that says which one it stands for. */
import { decode, messageId, Undecodable } from '@quadrille/events'
import type { Outgoing, WholeLetter } from '@quadrille/outbox'
import { Problem } from '../http/problem.ts'
import { restore } from './redact.ts'

export interface EditedLetter {
  readonly letterId: string
  /** What is sent in its stead. */
  readonly message: Omit<Outgoing, 'to'>
}

/**
 * The payload is the whole envelope, as the letter shows it. What is masked in it stays as it was. It gets a new id, always the
 * same for the same letter: consumers know the old one under its old content.
 * @throws {Problem} 422 where it is still no message that could be read.
 */
export const edit = (letter: WholeLetter, payload: Readonly<Record<string, unknown>>): EditedLetter => {
  const id = messageId(letter.id, 'replay', '')
  try {
    const mended = { ...(restore(payload, original(letter)) as object), id, replayof: letter.messageId || letter.id }
    const body = JSON.stringify(mended)
    const { type, subject: orderId, traceparent } = decode(Buffer.from(body)).message
    return { letterId: letter.id, message: { id, type, orderId, body, traceparent } }
  } catch (error) {
    if (!(error instanceof Undecodable) && !(error instanceof RangeError)) throw error // nested too deeply
    // biome-ignore lint/style/useErrorCause: a problem is an answer, and this one tells all that there is to tell.
    throw new Problem('invalid-fields', `The edited message can't be read: ${error.message}`, {
      errors: [{ pointer: '/edit/payload', detail: error.message }],
    })
  }
}

/** Null where the letter is no JSON: then nothing in it was masked that could be restored. */
const original = ({ body }: WholeLetter): unknown => {
  try {
    return JSON.parse(body.toString())
  } catch {
    return null
  }
}
