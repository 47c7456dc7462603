/** Policies that decode messages, and return the outcome of messages that the handler can't or needn't handle. */
import { toError } from '@quadrille/async'
import { type Language, Undecodable } from '@quadrille/messages'
import type { Incoming } from '../incoming.ts'
import { ignored, type Outcome } from '../outcome.ts'
import { type Policy, shortCircuit } from '../policy.ts'
import { wrongExchange } from '../wrong-exchange.ts'

export interface DecodeEventsOptions {
  readonly language: Pick<Language, 'isMessageType' | 'publisherOf'>
  /** The direct exchange of this service. */
  readonly direct: string
  readonly consumes: (type: string) => boolean
}

/**
 * Ignores events that this service does not consume, because a fanout exchange delivers all events of a publisher. Also ignores
 * unknown types, because a publisher may be newer. Thanks to the property `type`, an ignored body is not decoded.
 */
export const decodeEvents = ({ language, direct, consumes }: DecodeEventsOptions): Policy => {
  const check = (incoming: Incoming): Outcome | undefined => {
    const { message, exchange } = incoming.delivery
    if (language.isMessageType(message.type) && !consumes(message.type)) return ignored
    const type = typeOf(incoming)
    if (type instanceof Error) return isUnknown(type) ? ignored : unreadable(type)
    if (!consumes(type)) return ignored
    const error = wrongExchange({ type, exchange, direct }, language)
    return error ? { status: 'dead_letter', reason: 'wrong_exchange', error } : undefined
  }
  return (next) => (batch) => shortCircuit(batch, check, next)
}

/** Messages that this service has no task for become dead letters. */
export const decodeTasks = (service: string, isTask: (type: string) => boolean): Policy => {
  const check = (incoming: Incoming): Outcome | undefined => {
    const type = typeOf(incoming)
    if (type instanceof Error) return unreadable(type)
    return isTask(type) ? undefined : unreadable(new Undecodable('unknown_type', `${service} has no task ${type}.`))
  }
  return (next) => (batch) => shortCircuit(batch, check, next)
}

const typeOf = (incoming: Incoming): string | Error => {
  try {
    return incoming.decoded().message.type
  } catch (error) {
    return toError(error)
  }
}

const unreadable = (error: Error): Outcome =>
  error instanceof Undecodable ? { status: 'dead_letter', reason: error.reason, error } : { status: 'failed', error }

const isUnknown = (error: Error): boolean => error instanceof Undecodable && error.reason === 'unknown_type'
