/** Sends random requests concurrently, and checks each response. */

import { serviceNames } from '@quadrille/events'
import { seeded } from '@quadrille/testing'
import { faultOf, faultOfNoResponse } from './judge.ts'
import type { FuzzOptions } from './options.ts'
import { drawRaw } from './raw.ts'
import { drawRequest, type FuzzRequest } from './requests.ts'
import { openClient, type ReceivedResponse } from './send.ts'
import type { Target } from './target.ts'

const concurrency = 40
/** The share of raw requests. */
const rawShare = 0.2
const maxIds = 2_000

export interface Outcome {
  readonly sent: number
  /** The number of responses by status or error. */
  readonly responses: ReadonlyMap<string, number>
  /** Faulty responses, with their requests. */
  readonly faults: readonly string[]
  /** The ids of the photos that were accepted. */
  readonly photos: readonly string[]
}

/** Later faults are not kept. */
const maxFaults = 50

/** @throws if the run ends early. */
export const sendAll = async (target: Target, { requests, seed, seconds }: FuzzOptions): Promise<Outcome> => {
  const random = seeded(seed)
  const responses = new Map<string, number>()
  const faults: string[] = []
  const known = { orders: [] as string[], photos: [] as string[] }
  const endMs = performance.now() + seconds * 1_000
  let sent = 0

  const count = (response: string) => responses.set(response, (responses.get(response) ?? 0) + 1)
  const fault = (what: string) => void (faults.length < maxFaults && faults.push(what))

  const client = openClient(({ bytes }, statuses) => {
    for (const status of statuses) {
      count(`raw ${status}`)
      if (status >= 500 && status !== 503) fault(`${status} to ${JSON.stringify(bytes.toString('latin1', 0, 300))}`)
    }
    if (statuses.length === 0) count('raw, no response')
  })
  const sendRandomRequest = async () => {
    const request = drawRequest(random, known)
    const response = await client.send(request, target.ports[request.service])
    count(typeof response === 'string' ? response : String(response.status))
    const wrong = typeof response === 'string' ? faultOfNoResponse(response, request) : faultOf(response)
    if (wrong)
      fault(`${wrong} to ${described(request)}: ${typeof response === 'string' ? '' : response.text.slice(0, 300)}`)
    if (typeof response !== 'string') keepIds(response, known)
  }
  const work = async () => {
    while (sent < requests && performance.now() < endMs && !target.signal.aborted) {
      sent += 1
      await (random.chance(rawShare)
        ? client.sendRaw(drawRaw(random), target.ports[random.pick(serviceNames)])
        : sendRandomRequest())
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  client.close()
  target.signal.throwIfAborted()
  return { sent, responses, faults, photos: known.photos }
}

/** Keeps the id of an order or a photo that was accepted. */
const keepIds = ({ status, headers, text }: ReceivedResponse, known: { orders: string[]; photos: string[] }): void => {
  if (status !== 202) return
  const order = /^\{"id":"([0-9a-f-]{36})"/.exec(text)?.[1]
  const photo = /^\/photos\/(.+)$/.exec(String(headers['location']))?.[1]
  if (order && known.orders.length < maxIds) known.orders.push(order)
  if (photo && known.photos.length < maxIds) known.photos.push(photo)
}

const described = ({ service, method, path, headers, body }: FuzzRequest): string => {
  const start = typeof body === 'string' ? body.slice(0, 300) : body.toString('latin1', 0, 300)
  return JSON.stringify({ service, method, path: path.slice(0, 300), headers, body: start, bytes: body.length })
}
