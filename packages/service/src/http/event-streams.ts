/**
 * Responses that are streams of server-sent events. They stay open, so they do not count as requests in flight. Their number is
 * bounded, and so is the size of what a client has not read: a client that is too slow is disconnected, and resumes.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { onceASecond } from '@quadrille/async'
import type { Logger } from 'pino'
import { outsideSpans } from '../telemetry/tracing.ts'
import { unavailable } from './problem.ts'
import { emptyComment, eventStream } from './server-sent-events.ts'
import { createWaiting } from './waiting.ts'

/** A reply whose events come later. */
export interface EventStream {
  /**
   * Called once, after the headers. Not called for HEAD. It may send events as long as the sink is not closed. If it rejects, the
   * connection is closed, and the client resumes.
   */
  readonly open: (sink: EventSink) => Promise<void>
  /** Returns the text of a heartbeat, such as the client's position. Undefined, the default: a comment. */
  readonly heartbeat?: () => string | undefined
}

/** The open stream of one client. */
export interface EventSink {
  /** Sends complete events. Disconnects a client that has not read earlier ones. Does nothing once the stream is closed. */
  send(events: string | Uint8Array): void
  /** True if the client has not read so much that `send` would disconnect it. */
  readonly isFull: boolean
  /** Resolves when the client has read what was sent, or when the stream is closed. */
  drained(): Promise<void>
  /** Ends the stream. Its client resumes. */
  close(): void
  /** Aborts when the stream is closed, by the client or the service: in `close`, although the client may still read. */
  readonly closed: AbortSignal
}

export interface EventStreams {
  /** Sends the events of a reply. Resolves when its `open` has ended. @throws {Problem} 503 at a limit, or during a stop. */
  open(response: ServerResponse, stream: EventStream): Promise<void>
  /** Ends all streams at once. Their clients resume at another instance. */
  stop(): void
}

export interface EventStreamsOptions {
  readonly log: Logger
  readonly onStream: OnStream
  /** How often each stream gets a heartbeat, ms. Proxies close silent connections. Default 15,000. */
  readonly heartbeatEveryMs?: number
  /** How long a client may read after the end of its stream, ms. Default 3,000. */
  readonly endWithinMs?: number
  /** The maximum number of open streams, each with about 20 kB of memory. One address, or one proxy, may have half. Default 2,000. */
  readonly max?: number
}

/** `dropped`: the client has not read its events. Each stream is also closed. */
export type OnStream = (change: 'opened' | 'closed' | 'dropped') => void

const defaultHeartbeatMs = 15_000
const defaultEndWithinMs = 3_000
const defaultMax = 2_000
/** A client that leaves more than this unread, beyond the system's buffers, is disconnected, bytes. */
const maxUnreadBytes = 128 * 1_024
/** How long a client may have unread events beyond the system's buffers, ms. */
const readWithinMs = 20_000
/** The value of Retry-After at the limit, s. */
const retryAfter = 5

const headers = {
  'content-type': eventStream,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // for nginx, which would hold events back
}

export const beginStream = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

export const isEventStream = (response: ServerResponse): boolean => response.getHeader('content-type') === eventStream

interface Open {
  /** The address of the client, or of its proxy. */
  readonly address: string | undefined
  readonly sink: EventSink
  readonly heartbeat: () => string | undefined
}

/** The response to a pipelined request has no socket yet, but its request has. */
const addressOf = ({ req }: ServerResponse): string | undefined => req.socket.remoteAddress

export const createEventStreams = (options: EventStreamsOptions): EventStreams => {
  const { log, onStream, heartbeatEveryMs = defaultHeartbeatMs, max = defaultMax } = options
  const { endWithinMs = defaultEndWithinMs } = options
  const maxOfAddress = Math.ceil(max / 2) // a proxy, which has the address of all its clients, needs many
  const streams = new Map<ServerResponse, Open>()
  let stopping = false
  let beating: NodeJS.Timeout | undefined
  const drop = (response: ServerResponse) => {
    onStream('dropped')
    response.destroy()
  }
  const lagging = createWaiting<ServerResponse>({ maxItems: max, maxMs: readWithinMs, evict: drop })
  const logFailure = onceASecond((err: unknown) => log.warn({ err }, 'an event stream has failed; its client resumes'))

  const beat = () => {
    for (const { sink, heartbeat } of streams.values()) if (!sink.isFull) sink.send(heartbeat() ?? emptyComment)
  }
  const checkLimits = (client: string | undefined) => {
    if (streams.size >= max) throw unavailable(`${max} event streams are open; try again later.`, retryAfter)
    if (streams.size < maxOfAddress) return
    const ofAddress = [...streams.values()].filter(({ address }) => address === client).length
    if (ofAddress >= maxOfAddress)
      throw unavailable(
        `Your address, or its proxy, has ${ofAddress} open event streams; close some of them first.`,
        retryAfter,
      )
  }
  const add = (response: ServerResponse, { heartbeat = () => undefined }: EventStream): EventSink => {
    const closing = new AbortController()
    let ending: NodeJS.Timeout | undefined
    const end = () => {
      ending ??= setTimeout(() => response.destroy(), endWithinMs).unref()
      response.end()
      closing.abort()
    }
    const sink = createSink(response, { closed: closing.signal, lagging, drop: () => drop(response), end })
    streams.set(response, { address: addressOf(response), sink, heartbeat })
    beating ??= setInterval(beat, heartbeatEveryMs).unref()
    onStream('opened')
    response.once('close', () => {
      streams.delete(response)
      lagging.remove(response)
      clearTimeout(ending)
      if (streams.size === 0) {
        clearInterval(beating)
        beating = undefined
      }
      onStream('closed')
      closing.abort()
    })
    return sink
  }
  return {
    open: async (response, stream) => {
      if (response.closed) return
      if (stopping) throw unavailable('The service is stopping.')
      checkLimits(addressOf(response))
      beginStream(response)
      response.flushHeaders()
      try {
        await outsideSpans(() => stream.open(add(response, stream)))
      } catch (error) {
        logFailure(error)
        response.destroy()
      }
    },
    stop: () => {
      stopping = true
      for (const { sink } of streams.values()) sink.close()
    },
  }
}

interface SinkOptions {
  readonly closed: AbortSignal
  readonly lagging: ReturnType<typeof createWaiting<ServerResponse>>
  readonly drop: () => void
  readonly end: () => void
}

const createSink = (response: ServerResponse, { closed, lagging, drop, end }: SinkOptions): EventSink => {
  const isFull = () => response.writableLength > maxUnreadBytes
  let isLagging = false
  const lag = () => {
    if (isLagging) return
    isLagging = true
    lagging.add(response)
    response.once('drain', () => {
      isLagging = false
      lagging.remove(response)
    })
  }
  return {
    closed,
    close: end,
    get isFull() {
      return isFull()
    },
    send: (events) => {
      if (events.length === 0 || response.writableEnded || response.destroyed) return
      if (isFull()) drop()
      else if (!response.write(events)) lag()
    },
    drained: async () => {
      if (!response.writableNeedDrain || closed.aborted) return
      await once(response, 'drain', { signal: closed }).catch(() => undefined) // closed meanwhile
    },
  }
}
