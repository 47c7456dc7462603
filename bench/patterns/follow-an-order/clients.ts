/** The clients that are compared. Each follows one order, until it is closed. */
import { parseAnswer } from '../../src/load/http-answer.ts'
import { nowMs } from '../now.ts'
import { openConnection } from './connection.ts'

export interface Client {
  /** When the client saw that its order is fulfilled, ms since 1970. */
  readonly seenAt: () => number | null
  readonly traffic: () => Traffic
  close(): void
}

export interface Traffic {
  readonly requests: number
  /** Of both directions, with all headers, without those of TCP. */
  readonly bytes: number
}

export type OpenClient = (url: string, orderId: string) => Client

/**
 * Asks for the order again and again until it is fulfilled, first at once, and then from a random time on, because orders do not
 * wait for clients. Conditional: it sends the ETag that it has.
 */
export const polling =
  (everyMs: number, isConditional: boolean): OpenClient =>
  (url, orderId) => {
    let [requests, received, etag] = [0, '', '']
    let seenAt: number | null = null
    let timer = setTimeout(() => {
      ask()
      timer = setInterval(ask, everyMs)
    }, Math.random() * everyMs)
    const connection = openConnection(url, (text) => {
      received += text
      const answer = readAnswer(received)
      if (!answer) return
      received = ''
      etag = answer.etag
      if (answer.status >= 400) throw new Error(`GET /orders/${orderId} was answered with ${answer.status}.`)
      if (!answer.body.includes('"status":"fulfilled"')) return
      seenAt ??= nowMs()
      clearInterval(timer)
    })
    const ask = () => {
      requests += 1
      connection.get(`/orders/${orderId}`, isConditional && etag ? { 'if-none-match': etag } : {})
    }
    ask()
    return {
      seenAt: () => seenAt,
      traffic: () => ({ requests, bytes: connection.bytes() }),
      close: () => {
        clearInterval(timer)
        connection.close()
      },
    }
  }

/** Null while it is incomplete. A 304 has no body. */
const readAnswer = (text: string): { status: number; body: string; etag: string } | null => {
  const [, etag = ''] = /\r\netag: *(\S+)/i.exec(text) ?? []
  if (text.startsWith('HTTP/1.1 304')) return text.includes('\r\n\r\n') ? { status: 304, body: '', etag } : null
  const answer = parseAnswer(text)
  return answer && { ...answer, etag }
}

/** Follows one order by a stream of its own. */
export const streaming: OpenClient = (url, orderId) => {
  let [rest, seen] = ['', 0]
  let seenAt: number | null = null
  const connection = openConnection(url, (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    seen += lines.filter((line) => line.includes('"type":"OrderFulfilled"')).length
    if (seen > 1) throw new Error(`The stream of order ${orderId} has sent an event twice.`)
    if (seen === 1) seenAt ??= nowMs()
  })
  connection.get(`/orders/${orderId}/events`, { accept: 'text/event-stream' })
  return { seenAt: () => seenAt, traffic: () => ({ requests: 1, bytes: connection.bytes() }), close: connection.close }
}

/** Follows all orders by one stream, as a server of the shop does for all of its pages. */
export const sharedStream = (): OpenClient => {
  const seen = new Map<string, number>()
  let shared: ReturnType<typeof openConnection> | null = null
  let [rest, users] = ['', 0]
  const receive = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [, id] = /"subject":"([\da-f-]{36})".*"type":"OrderFulfilled"/.exec(line) ?? []
      if (id && seen.has(id)) throw new Error(`The stream has sent an event of order ${id} twice.`)
      if (id) seen.set(id, nowMs())
    }
  }
  return (url, orderId) => {
    const isFirst = shared === null
    const connection = shared ?? openConnection(url, receive)
    shared = connection
    if (isFirst) connection.get('/orders/events?from=start')
    users += 1
    return {
      seenAt: () => seen.get(orderId) ?? null,
      traffic: () => (isFirst ? { requests: 1, bytes: connection.bytes() } : { requests: 0, bytes: 0 }),
      close: () => {
        users -= 1
        if (users === 0) connection.close()
      },
    }
  }
}
