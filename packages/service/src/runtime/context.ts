/** The part of a runtime that the code of a service gets. */
import type { Span } from '@opentelemetry/api'
import { asDecoded, type Draft, type Message } from '@quadrille/messages'
import { reactPromptly } from '../core/react-promptly.ts'
import type { Item } from '../core/reactor.ts'
import { createAsk } from '../questions/ask.ts'
import { linkActiveSpan } from '../telemetry/trace-context.ts'
import { endSpan } from '../telemetry/tracing.ts'
import type { Context } from './define.ts'
import type { Runtime } from './runtime.ts'

/** A dispatched message is never encoded, so its size is measured here. */
export const itemOf = (message: Message, span?: Span): Item => ({
  decoded: asDecoded(message),
  bytes: Buffer.byteLength(JSON.stringify(message)),
  span,
})

export const createContext = <State, Config>(
  runtime: Runtime<State>,
  config: Config,
  catchingUp: Context<Config>['catchingUp'],
): Context<Config, Draft, State> => ({
  config,
  database: runtime.storage.database,
  clock: runtime.storage.clock,
  log: runtime.log,
  registry: runtime.metrics.registry,
  gauge: runtime.metrics.gauge,
  dispatch: async (message, trace) => {
    linkActiveSpan(trace)
    const sealed = runtime.language.seal(message, {
      service: runtime.model.name,
      now: runtime.storage.clock.now(),
      trace: trace ?? {},
    })
    const span = runtime.tracing.process(sealed)
    const reacted = await reactPromptly(runtime.reactor, itemOf(sealed, span), runtime.aborting.signal)
    endSpan(span, 'error' in reacted ? reacted.error : undefined)
    if ('error' in reacted) throw reacted.error
    return reacted.state
  },
  ask: createAsk(runtime),
  outboxFull: () => runtime.relay.backlog().rows >= runtime.config.OUTBOX_MAX,
  catchingUp,
  waitsForPostgres: () => runtime.availability.isAwaited(),
  afterCommit: (listener) => void runtime.commitListeners.add(listener),
})
