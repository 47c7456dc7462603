/** The stream of all orders' events from the order service, which is opened again whenever it ends. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { createEventLines, type EventLines } from './event-lines.ts'

const { request: sendRequest } = process.getBuiltinModule('node:http')

/** Null while it is connected, otherwise the reason. */
export type Outage = string | null

export interface UpstreamOptions {
  readonly url: string
  /** Called with the data of each event. */
  readonly onData: (data: string) => void
  readonly onOutage: (outage: Outage) => void
  /** The time of a clock that is never set. */
  readonly nowMs: () => number
  /** From 0 to below 1. */
  readonly random: () => number
}

export interface Upstream {
  stop(): void
}

/** The service sends a comment every 15 s, so a connection that is silent for this long is lost. */
const silenceMs = 45_000
const connectWithinMs = 10_000
/** The pause before the next attempt. It doubles each time, up to the longest. */
const shortestPauseMs = 250
const longestPauseMs = 5_000
/** After this time the stream does not continue where it ended: the page reads again what it shows. */
const resumeWithinMs = 60_000

/** Opens the stream. The events of a short interruption follow afterwards (Last-Event-ID). */
export const followUpstream = ({ url, onData, onOutage, nowMs, random }: UpstreamOptions): Upstream => {
  let stopped = false
  let request: ClientRequest | undefined
  let timer: NodeJS.Timeout | undefined
  let pauseMs = shortestPauseMs
  let lastEventId: string | undefined
  /** Since when it is not connected. Undefined while it is, and at first. */
  let lostAtMs: number | undefined

  const connect = () => {
    if (lostAtMs !== undefined && nowMs() - lostAtMs > resumeWithinMs) lastEventId = undefined
    const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) }
    const lines = createEventLines(onData)
    let ended = false
    const end = (reason: string) => {
      if (ended) return
      ended = true
      lastEventId = lines.lastEventId ?? lastEventId
      sending.destroy()
      retry(reason)
    }
    const sending = sendRequest(url, { headers, timeout: connectWithinMs })
    sending.on('timeout', () => end('it does not answer'))
    sending.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    sending.on('response', (answer) => {
      if (!isStream(answer)) {
        lastEventId = undefined // it may be the reason
        return end(`it answers ${answer.statusCode}`)
      }
      sending.setTimeout(silenceMs)
      pauseMs = shortestPauseMs
      lostAtMs = undefined
      onOutage(null)
      readAll(answer, lines, end)
    })
    sending.end()
    request = sending
  }

  const retry = (reason: string) => {
    if (stopped) return
    lostAtMs ??= nowMs() // not of a further failed attempt
    onOutage(reason)
    timer = setTimeout(connect, pauseMs * (0.5 + random()))
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }

  connect()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      request?.destroy()
    },
  }
}

const isStream = ({ statusCode, headers }: IncomingMessage): boolean =>
  statusCode === 200 && /^text\/event-stream\b/.test(headers['content-type'] ?? '')

const readAll = (answer: IncomingMessage, lines: EventLines, end: (reason: string) => void): void => {
  answer.setEncoding('utf8')
  answer.on('data', (text: string) => {
    try {
      lines.read(text)
    } catch (error) {
      end(error instanceof Error ? error.message : String(error))
    }
  })
  answer.on('error', (error) => end(error.message))
  answer.on('end', () => end('it has ended the stream'))
}
