/**
 * One live stream for all browsers. While a browser is connected, the console follows the events of all orders, and tells every
 * browser which orders have changed, how many events of each type there were, how orders end, and whether the stream of events is
 * interrupted. These are hints: the page then reads what it shows. So a browser that was away needs no history. Each connection begins
 * with the settings and the script of the page, because the console may have been started again with other ones.
 */
import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Addresses } from '../addresses.ts'
import { sendProblem } from '../problem.ts'
import type { Settings } from '../settings.ts'
import { collectChanges } from './changes.ts'
import { readOrderEvent } from './order-event.ts'
import { countOutcomes, intervalMs } from './outcomes.ts'
import { followUpstream, type Outage, type Upstream } from './upstream.ts'

/** The shortest time between two messages about changes. */
const changesEveryMs = 250
/** The shortest time between two messages about outcomes. */
const outcomesEveryMs = 1_000
/** The number of orders that a message lists. The page then assumes that any order has changed. */
const maxListed = 100
const maxBrowsers = 50
/** A browser with more unread bytes is disconnected. It connects again, and reads again what it shows. */
const maxUnreadBytes = 256 * 1_024
/** How long the events are followed after the last browser has disconnected, so that a reload keeps the counts. */
const lingerMs = 30_000

export interface Hub {
  /** Sends the stream until the browser disconnects. A HEAD request gets the headers only. */
  connect(response: ServerResponse): void
  /** Ends all streams. */
  stop(): void
}

export interface HubOptions {
  readonly addresses: Addresses
  readonly settings: Settings
  /** The path of the page's script. */
  readonly script: string
  readonly log: Logger
}

export const createHub = ({ addresses, settings, script, log }: HubOptions): Hub => {
  const browsers = new Set<ServerResponse>()
  const changes = collectChanges(maxListed)
  const outcomes = countOutcomes(Date.now, Math.random)
  let outage: Outage = 'connecting'
  let upstream: Upstream | undefined
  let lingering: NodeJS.Timeout | undefined

  const broadcast = (message: string) => {
    for (const browser of browsers) {
      if (browser.writableLength > maxUnreadBytes) browser.destroy()
      else browser.write(message)
    }
  }
  const tellChanges = atMostEvery(changesEveryMs, () => {
    const taken = changes.take()
    if (taken) broadcast(messageOf('changes', taken))
  })
  const tellOutcomes = atMostEvery(outcomesEveryMs, () => broadcast(messageOf('outcomes', outcomes.read())))
  const onData = (data: string) => {
    const event = readOrderEvent(data)
    if (!event) return
    changes.add(event.orderId, event.type)
    tellChanges.soon()
    if (outcomes.add(event)) tellOutcomes.soon()
  }
  const onOutage = (now: Outage) => {
    if (now === outage) return
    log.info({ outage: now }, now === null ? 'follows the events of all orders' : 'the stream of events is interrupted')
    outage = now
    broadcast(messageOf('source', { outage }))
  }
  /** Also shows that the stream is alive, and moves the time axis of the outcomes. */
  const beat = setInterval(() => browsers.size > 0 && tellOutcomes.soon(), intervalMs)

  const open = () => {
    clearTimeout(lingering)
    const url = `${addresses.get('order')?.url}/orders/events?view=summary`
    upstream ??= followUpstream({ url, onData, onOutage, random: Math.random })
  }
  const close = () => {
    upstream?.stop()
    upstream = undefined
    outage = 'connecting'
  }
  return {
    connect: (response) => {
      if (response.req.method === 'HEAD') return response.writeHead(200, headers).end()
      if (browsers.size >= maxBrowsers)
        return sendProblem(response, { status: 503, detail: `${maxBrowsers} pages are open, which is the limit.` })
      browsers.add(response)
      response.once('close', () => {
        browsers.delete(response)
        if (browsers.size > 0) return
        clearTimeout(lingering)
        lingering = setTimeout(close, lingerMs).unref()
      })
      open()
      response.writeHead(200, headers)
      const known = { page: { script }, settings, source: { outage }, outcomes: outcomes.read() }
      const messages = Object.entries(known).map(([event, content]) => messageOf(event, content))
      response.write(`retry: 1000\n\n${messages.join('')}`)
    },
    stop: () => {
      clearInterval(beat)
      clearTimeout(lingering)
      tellChanges.cancel()
      tellOutcomes.cancel()
      close()
      for (const browser of browsers) browser.end()
    },
  }
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // for nginx, which would hold events back
}

const messageOf = (event: string, content: unknown): string => `event: ${event}\ndata: ${JSON.stringify(content)}\n\n`

/** Calls `act` some time after the first `soon`, and no more often. */
const atMostEvery = (ms: number, act: () => void) => {
  let timer: NodeJS.Timeout | undefined
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined
        act()
      }, ms)
    },
    cancel: () => clearTimeout(timer),
  }
}
