/** Sends random requests, many at a time, and judges each answer. */

import { serviceNames } from '@quadrille/events'
import { seeded } from '@quadrille/testing'
import { faultOf } from './judge.ts'
import type { FuzzOptions } from './options.ts'
import { drawRaw } from './raw.ts'
import { drawRequest, type FuzzRequest } from './requests.ts'
import { openClient, type SeenAnswer } from './send.ts'
import type { Target } from './target.ts'

const atATime = 40
/** The share of raw requests. */
const rawShare = 0.2
const maxIds = 2_000

export interface Outcome {
  readonly sent: number
  /** The number of answers by status or error. */
  readonly answers: ReadonlyMap<string, number>
  /** Faulty answers, with their requests. */
  readonly faults: readonly string[]
}

/** The first faults are kept, for a person to read. */
const maxFaults = 50

export const sendAll = async (target: Target, { requests, seed, seconds }: FuzzOptions): Promise<Outcome> => {
  const random = seeded(seed)
  const client = openClient()
  const answers = new Map<string, number>()
  const faults: string[] = []
  const ids: string[] = []
  const endMs = performance.now() + seconds * 1_000
  let sent = 0

  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1)
  const fault = (what: string) => void (faults.length < maxFaults && faults.push(what))

  const sendRandomBytes = async () => {
    const request = drawRaw(random)
    const statuses = await client.sendRaw(request, target.ports[random.pick(serviceNames)])
    for (const status of statuses) {
      count(`raw ${status}`)
      if (status >= 500 && status !== 503)
        fault(`${status} to ${JSON.stringify(request.bytes.toString('latin1', 0, 300))}`)
    }
    if (statuses.length === 0) count('raw, no immediate response')
  }
  const sendRandomRequest = async () => {
    const request = drawRequest(random, ids)
    const answer = await client.send(request, target.ports[request.service])
    count(typeof answer === 'string' ? answer : String(answer.status))
    const wrong = typeof answer === 'string' ? faultOfError(answer) : faultOf(answer)
    if (wrong)
      fault(`${wrong} to ${described(request)}: ${typeof answer === 'string' ? '' : answer.text.slice(0, 300)}`)
    const id = placedId(answer)
    if (id && ids.length < maxIds) ids.push(id)
  }
  const work = async () => {
    while (sent < requests && performance.now() < endMs) {
      sent += 1
      await (random.chance(rawShare) ? sendRandomBytes() : sendRandomRequest())
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
  client.close()
  return { sent, answers, faults }
}

/** A lost connection is allowed; no answer, and a changed protocol are faults. */
const faultOfError = (code: string): string | undefined =>
  code === 'NO_ANSWER' || code.startsWith('UPGRADED') ? code : undefined

const placedId = (answer: SeenAnswer | string): string | undefined =>
  typeof answer !== 'string' && answer.status === 202 ? /^\{"id":"([0-9a-f-]{36})"/.exec(answer.text)?.[1] : undefined

const described = ({ service, method, path, headers, body }: FuzzRequest): string =>
  JSON.stringify({ service, method, path: path.slice(0, 300), headers, body: body.slice(0, 300), bytes: body.length })
