/**
 * The stream of all orders' events from the order service, which is opened again whenever it ends. The events of an interruption do not
 * follow: the page reads again what it shows, and they would look like a burst.
 */
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
  /** From 0 to below 1. */
  readonly random: () => number
}

export interface Upstream {
  stop(): void
}

/** The service sends something every 15 s, so a connection that is silent for this long is lost. */
const silenceMs = 45_000
const connectWithinMs = 10_000
/** The pause before the next attempt. It doubles each time, up to the longest. */
const shortestPauseMs = 250
const longestPauseMs = 5_000

export const followUpstream = ({ url, onData, onOutage, random }: UpstreamOptions): Upstream => {
  let stopped = false
  let request: ClientRequest | undefined
  let timer: NodeJS.Timeout | undefined
  let pauseMs = shortestPauseMs

  const connect = () => {
    const lines = createEventLines(onData)
    let ended = false
    const end = (reason: string) => {
      if (ended) return
      ended = true
      sending.destroy()
      retry(reason)
    }
    const sending = sendRequest(url, { headers: { accept: 'text/event-stream' }, timeout: connectWithinMs })
    sending.on('timeout', () => end('it does not answer'))
    sending.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    sending.on('response', (answer) => {
      if (!isStream(answer)) return end(`it answers ${answer.statusCode}`)
      sending.setTimeout(silenceMs)
      pauseMs = shortestPauseMs
      onOutage(null)
      readAll(answer, lines, end)
    })
    sending.end()
    request = sending
  }

  const retry = (reason: string) => {
    if (stopped) return
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
