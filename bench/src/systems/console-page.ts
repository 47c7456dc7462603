/** The page with the list of orders, without a browser: it follows the live stream, and reads what it shows. */
import { setInterval as everyMs } from 'node:timers/promises'
import { type MeasuredService, measuredServices } from './services.ts'

export interface ConsolePage {
  /** Why the page is not right: an error, or no change so far. Otherwise null. */
  failure(): string | null
  close(): Promise<void>
}

const list = '/api/order/orders?limit=50'
const stuck = '/api/order/orders?stuck=true&limit=50'
const groupsOf = (service: MeasuredService) => `/api/${service}/dead-letters/groups`

/** The intervals of the page, ms. The list is read only after a change. */
const every = { list: 1_000, stuck: 5_000, deadLetters: 10_000 }

/** Opens it. @param url - the console */
export const openConsolePage = (url: string): ConsolePage => {
  const closing = new AbortController()
  const { signal } = closing
  const read = readerOf(url, signal)
  let changes = 0
  let listed = 0
  let error: unknown = null
  const repeat = async (ms: number, act: () => Promise<void>) => {
    for await (const _ of everyMs(ms, undefined, { signal })) await act()
  }
  const readList = async () => {
    if (listed === changes) return
    listed = changes
    await read(list)
  }
  const readDeadLetters = async () => {
    for (const service of measuredServices) await read(groupsOf(service))
  }
  const following = Promise.all([
    followChanges(url, signal, () => {
      changes += 1
    }),
    repeat(every.list, readList),
    repeat(every.stuck, () => read(stuck)),
    repeat(every.deadLetters, readDeadLetters),
  ]).catch((cause: unknown) => {
    if (!signal.aborted) error = cause
    closing.abort()
  })
  return {
    failure: () => {
      if (error !== null) return `The page of the console has failed: ${error}`
      return listed === 0 ? 'The page of the console has shown no change.' : null
    },
    close: async () => {
      closing.abort()
      await following
    },
  }
}

/** Reads a route with the ETag of its last response, as the page does. */
const readerOf = (url: string, signal: AbortSignal) => {
  const etags = new Map<string, string>()
  return async (path: string): Promise<void> => {
    const response = await fetch(`${url}${path}`, { signal, headers: { 'if-none-match': etags.get(path) ?? '' } })
    await response.arrayBuffer()
    if (!response.ok && response.status !== 304) throw new Error(`GET ${path} was answered with ${response.status}.`)
    etags.set(path, response.headers.get('etag') ?? '')
  }
}

/** Calls `onChange` when the stream says that orders have changed. It ends only by the signal. */
const followChanges = async (url: string, signal: AbortSignal, onChange: () => void): Promise<void> => {
  const response = await fetch(`${url}/live`, { signal })
  if (!response.ok || !response.body) throw new Error(`GET /live was answered with ${response.status}.`)
  let rest = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + text).split('\n\n')
    rest = messages.pop() ?? ''
    if (messages.some((message) => message.startsWith('event: changes'))) onChange()
  }
  throw new Error('GET /live has ended.')
}
