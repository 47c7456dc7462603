/** The demo control of `npm start`, and the orders of its shop, over HTTP. */
import type { DemoOutcome, DemoView } from '@quadrille/console/demo'
import type { Diagnosis } from '@quadrille/console/sentence'

/** The fields of an order that the tour shows. */
export interface ShownOrder {
  readonly status: string
  readonly settled: boolean
  readonly cancellation: { readonly reason: string } | null
  readonly payment: { readonly status: string }
}

export interface DemoClient {
  view(): Promise<DemoView>
  /** Does an action. */
  act(id: string): Promise<DemoOutcome>
  order(id: string): Promise<ShownOrder>
  /** The reasons why the order waits. Empty if it is settled. */
  diagnoses(id: string): Promise<readonly Diagnosis[]>
}

/** Throws for a wrong URL, and each call if the shop does not answer, or refuses it: one line with the solution. */
export const openDemo = (url: string): DemoClient => {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new Error(`DEMO_URL is wrong: must be like http://127.0.0.1:3006, but is ${url}.`)
  const at = url.replace(/\/+$/, '')
  const view = () => request<DemoView>(`${at}/actions`)
  const orderUrl = async (id: string) => `${(await view()).urls.order}/orders/${id}`
  return {
    view,
    act: (id) => request(`${at}/actions/${encodeURIComponent(id)}`, 'POST'),
    order: async (id) => request(await orderUrl(id)),
    diagnoses: async (id) => (await request<{ items: readonly Diagnosis[] }>(`${await orderUrl(id)}/diagnosis`)).items,
  }
}

/** An action stops a service within 9 s and starts it in less, and a burst is sent in less than 30 s on a slow machine. */
const answerWithinMs = 30_000

const solution = 'Run npm start, or set DEMO_URL to its demo control.'

const request = async <Body>(url: string, method: 'GET' | 'POST' = 'GET'): Promise<Body> => {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(answerWithinMs) }).catch((cause: Error) => {
    const { origin } = new URL(url)
    if (cause.name === 'TimeoutError')
      throw new Error(`${origin} did not answer within ${answerWithinMs / 1_000} s. An action may still take effect.`)
    throw new Error(`No answer from ${origin}. ${solution}`, { cause })
  })
  const body = (await response.json().catch((cause: Error) => {
    throw new Error(`The answer of ${url} is not complete, or not JSON. ${solution}`, { cause })
  })) as Body & { readonly detail?: string }
  if (!response.ok) throw new Error(body.detail ?? `${url} returned ${response.status}.`)
  return body
}
