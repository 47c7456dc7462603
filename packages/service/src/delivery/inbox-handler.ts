/** The consumer of a service's inbox: hands each delivery to the reactor, and settles it by the outcome. */
import { toError } from '@quadrille/async'
import { type Decoded, type Language, type Message, Undecodable } from '@quadrille/messages'
import type { Delivery } from '@quadrille/messaging'
import type { Reactor } from '../core/reactor.ts'
import { Unavailable } from '../errors/unavailable.ts'
import { done, type HandlingResult, left } from './handling-result.ts'
import { wrongExchange } from './wrong-exchange.ts'

export interface InboxHandlerOptions {
  readonly language: Language
  readonly queue: string
  /** The direct exchange of this service. */
  readonly direct: string
  readonly consumes: (type: string) => boolean
  readonly reactor: Reactor
  readonly stopping: AbortSignal
  readonly onIgnored: (delivery: Delivery) => void
  readonly onHandled: (message: Message, outcome: 'applied' | 'duplicate') => void
}

/**
 * Handles one delivery of an inbox. Acknowledged after the commit, or when it is none of this service's business (a fanout
 * brings all that a publisher says); what fails is left to the caller.
 */
export const createInboxHandler =
  (options: InboxHandlerOptions) =>
  async (delivery: Delivery, waitsAloneMs?: number): Promise<HandlingResult> => {
    const decoded = read(delivery, options)
    if (decoded instanceof Error) return { status: 'failed', error: decoded }
    if (!decoded) {
      options.onIgnored(delivery)
      delivery.ack()
      return left
    }
    const outcome = await options.reactor({
      decoded,
      arrival: { queue: options.queue, delivery },
      patient: true,
      ...(waitsAloneMs !== undefined && { waitsAloneMs }),
    })
    if (outcome.status === 'failed') {
      const { type, subject } = decoded.message
      return afterStop(outcome.error, options) ?? { status: 'failed', error: outcome.error, type, subject }
    }
    options.onHandled(decoded.message, outcome.status)
    delivery.ack()
    return outcome.status === 'applied' ? done : left
  }

/** Left unsettled where the service stops: it is delivered again elsewhere. */
const afterStop = (error: Error, { stopping }: InboxHandlerOptions): HandlingResult | null =>
  error instanceof Unavailable && stopping.aborted ? left : null

/**
 * Null for what this service doesn't consume, or doesn't know: a publisher may have become newer. The property saves reading
 * a body that is of no interest; it is only believed where it names a type that there is.
 */
const read = (
  { message, exchange }: Delivery,
  { language, consumes, direct }: InboxHandlerOptions,
): Decoded | Error | null => {
  if (language.isMessageType(message.type) && !consumes(message.type)) return null
  try {
    const decoded = language.decode(message.body)
    const { type } = decoded.message
    return consumes(type) ? (wrongExchange({ type, exchange, direct }, language) ?? decoded) : null
  } catch (error) {
    if (error instanceof Undecodable && error.reason === 'unknown_type') return null
    return toError(error)
  }
}
