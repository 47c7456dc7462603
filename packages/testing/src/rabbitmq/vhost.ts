/** Virtual hosts. Each test file has its own, so that files run concurrently and start with an empty broker. */
import { randomUUID } from 'node:crypto'
import { managementPortOf } from './ports.ts'

export interface Vhost {
  readonly name: string
  readonly url: string
  /** Deletes it with all of its objects. The broker closes its connections. */
  drop(): Promise<void>
}

/**
 * Creates an empty virtual host at the broker, over its management API: about 20 ms, instead of half a second with
 * rabbitmqctl. The API is at RABBITMQ_MANAGEMENT_URL, or at the broker's host and its port + 10000, with the
 * credentials of the URL.
 */
export const createVhost = async (serverUrl: string): Promise<Vhost> => {
  const name = `test-${randomUUID()}`
  await manage(serverUrl, `PUT /api/vhosts/${name}`)
  const { username } = new URL(serverUrl)
  const everything = { configure: '.*', write: '.*', read: '.*' }
  await manage(serverUrl, `PUT /api/permissions/${name}/${username || 'guest'}`, everything)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const drop = async () => {
    await manage(serverUrl, `DELETE /api/vhosts/${name}`)
  }
  return { name, url: url.href, drop }
}

/** The time limit of the management API, ms. RabbitMQ 4 deletes the queues of a virtual host one after the other. */
const answerMs = 50_000

/**
 * Sends a request to the management API: `DELETE /api/vhosts/test`. Resolves to the JSON of the answer; null without
 * content.
 * @param body - a string is JSON already
 * @throws {Error} whose message contains the remedy, if the API cannot be used.
 */
export const manage = async (serverUrl: string, what: string, body?: object | string): Promise<unknown> => {
  const [method = '', path = ''] = what.split(' ')
  const { username, password } = new URL(serverUrl)
  const credentials = `${decodeURIComponent(username) || 'guest'}:${decodeURIComponent(password) || 'guest'}`
  const api = managementUrlOf(serverUrl)
  const refused = (why: string, cause?: unknown) =>
    new Error(
      `The tests create a virtual host per file and need RabbitMQ's management API, but ${method} ${api}${path} failed (${why}). ` +
        'Enable it, or set RABBITMQ_MANAGEMENT_URL to its address, or unset AMQP_URL so that the tests start their own broker.',
      { cause },
    )
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/json' },
    ...(body && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(answerMs),
  }).catch((error: unknown) => {
    throw refused(String(error), error)
  })
  const text = await response.text()
  if (!response.ok) throw refused(`${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}

const managementUrlOf = (serverUrl: string): string => {
  const { hostname, port } = new URL(serverUrl)
  const given = process.env['RABBITMQ_MANAGEMENT_URL']?.replace(/\/+$/, '')
  return given ?? `http://${hostname}:${managementPortOf(Number(port || 5672))}`
}
